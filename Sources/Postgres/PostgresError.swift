/// What went wrong, in words that may be logged: never a bound value, a server's message or a secret.
package struct PostgresError: Error, Sendable, Hashable {
  package let kind: Kind
  /// The server's five-character code, as "23505"; nil when the server sent none.
  package internal(set) var sqlState: String?
  /// The constraint that refused, as our schema names it.
  package internal(set) var constraint: String?
  /// The column that refused NULL, or that could not be read.
  package internal(set) var column: String?
  /// The statement's fixed text.
  package internal(set) var statement: String?
  /// The line of a script, from 1, at which the server stopped.
  package internal(set) var line: Int?
  /// The message of `RAISE … USING ERRCODE = 'BM…'`: text that our own functions wrote. Nil for all other codes of a
  /// statement, whose messages can quote values; of a script, which has none, the server's words.
  package internal(set) var detail: String?
  /// Sync was sent and its result never came: the transaction was committed or it was not.
  package internal(set) var isInDoubt = false

  init(_ kind: Kind, column: String? = nil, statement: String? = nil) {
    self.kind = kind
    self.column = column
    self.statement = statement
  }

  package enum Kind: String, Error, Sendable, CaseIterable {
    /// The server refused; `sqlState` says why.
    case server
    /// The connection URL is no URL that libpq reads.
    case malformedURL
    /// The certificate file for libpq could not be written.
    case certificateUnwritable
    /// No server answered: unknown host, nothing listens, no route.
    case unreachable
    /// The server offers no TLS, or its certificate is not the expected one.
    case tlsFailed
    /// No server that accepts writes: a standby, or a primary that was demoted.
    case readOnlyServer
    /// The connection could not be made for another reason.
    case connectFailed
    /// The connection broke while it was in use.
    case connectionLost
    /// The connection had been closed before, after an earlier error.
    case connectionClosed
    case deadlineExpired
    /// A prepared statement no longer fits the tables, or the server has forgotten it.
    case stalePlan
    /// A statement opened a transaction by hand and left it open.
    case transactionLeftOpen
    /// COPY, or anything else that this module does not speak.
    case unsupportedReply
    /// A text with a NUL byte, which PostgreSQL cannot hold.
    case nulInText
    /// A time that PostgreSQL or Swift cannot hold.
    case valueOutOfRange
    case tooManyParameters
    case statementTooLarge
    /// A statement that always has a row had none.
    case missingRow
    case missingColumn
    case unexpectedNull
    /// The column's type is not one that the Swift type reads.
    case typeMismatch
    /// The column's bytes are not a value of its type.
    case malformedValue
  }
}

extension PostgresError {
  /// Serialization failure or deadlock: run the whole transaction again.
  package var isRetryable: Bool { sqlState == "40001" || sqlState == "40P01" }

  /// The session is gone or useless while another may work: connect again, once. In doubt or not is another
  /// question. A pool that is full (08P01) is not lost: see `isOverloaded`.
  package var isConnectionLost: Bool {
    if let sqlState, !isOverloaded, sqlState.hasPrefix("08") || Self.lostStates.contains(sqlState) { return true }
    switch kind {
    case .unreachable, .readOnlyServer, .connectionLost, .connectionClosed, .stalePlan: return true
    case .server, .malformedURL, .certificateUnwritable, .tlsFailed, .connectFailed, .deadlineExpired,
      .transactionLeftOpen, .unsupportedReply, .nulInText, .valueOutOfRange, .tooManyParameters,
      .statementTooLarge, .missingRow, .missingColumn, .unexpectedNull, .typeMismatch, .malformedValue:
      return false
    }
  }

  /// The server or the pool before it has no room: answer 503, do not connect again at once.
  package var isOverloaded: Bool { sqlState == "53300" || sqlState == "08P01" }

  /// Shut down by the operator, by a crash, not yet started; a server that only reads.
  private static let lostStates: Set = ["57P01", "57P02", "57P03", "25006"]
}

extension PostgresError: CustomStringConvertible {
  /// As "server 23505, constraint accounts_email_key".
  package var message: String {
    [
      sqlState.map { "\(kind.rawValue) \($0)" } ?? kind.rawValue,
      constraint.map { "constraint \($0)" },
      column.map { "column \($0)" },
      line.map { "line \($0)" },
      detail,
      isInDoubt ? "outcome unknown" : nil,
    ].compactMap(\.self).joined(separator: ", ")
  }

  package var description: String { statement.map { "\(message), in: \($0)" } ?? message }
}
