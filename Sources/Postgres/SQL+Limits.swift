extension SQL {
  enum Limit {
    /// The protocol counts parameters in 16 bits; larger sets go as arrays.
    static let parametersMax = 65_535
    /// An event is 1 MB: what comes near this is a mistake, and it is refused before it is copied.
    static let valueBytesMax = 64 * 1024 * 1024
  }

  /// Refuses what must not be sent.
  /// - Throws: `nulInText`, `valueOutOfRange`, `tooManyParameters`, `statementTooLarge`.
  func check() throws(PostgresError) {
    if let refusal = encoder.refusal { throw PostgresError(refusal, statement: text) }
    if fixedText.hasNUL { throw PostgresError(.nulInText) }
    if parameters.count > Limit.parametersMax { throw PostgresError(.tooManyParameters) }
    if encoder.bytes.count > Limit.valueBytesMax { throw PostgresError(.statementTooLarge, statement: text) }
  }
}
