/// Statements that are sent together, and how their results are read: the two cannot be paired wrongly.
///
/// ```swift
/// let devices = Pipeline("SELECT name FROM devices ORDER BY name", each: { try $0["name"] as String })
/// let version = Pipeline<Int64>("SELECT version FROM accounts WHERE id = \(id)", value: "version")
/// let (names, number) = try connection.run(devices, version)  // one round trip, one transaction
/// ```
package struct Pipeline<Answer> {
  /// In the order they are sent; their results are read in it.
  package let statements: [SQL]
  private let reading: (inout ArraySlice<ResultSet>) throws -> Answer

  private init(statements: [SQL], reading: @escaping (inout ArraySlice<ResultSet>) throws -> Answer) {
    (self.statements, self.reading) = (statements, reading)
  }

  /// One statement, whose rows are read together.
  package init(_ statement: SQL, rows read: @escaping (ResultSet) throws -> Answer) {
    self.init(statements: [statement]) { results in try read(results.removeFirst()) }
  }

  /// A statement that always has a row; others behind it are not looked at.
  /// - Throws: `missingRow` when it has none after all.
  package init(_ statement: SQL, row read: @escaping (Row) throws -> Answer) {
    self.init(
      statement,
      rows: { rows in
        guard let row = rows.first else { throw PostgresError(.missingRow, statement: statement.text) }
        return try read(row)
      })
  }

  /// A statement that always has a row, of which one column is read.
  package init(_ statement: SQL, value column: String) where Answer: PostgresDecodable {
    self.init(statement, row: { row in try row[column] })
  }

  /// A statement of one row or none; nil when there is none.
  package init<Value>(_ statement: SQL, first read: @escaping (Row) throws -> Value) where Answer == Value? {
    self.init(statement, rows: { rows in try rows.first.map(read) })
  }

  package init<Element>(_ statement: SQL, each read: @escaping (Row) throws -> Element) where Answer == [Element] {
    self.init(statement, rows: { rows in try rows.map(read) })
  }

  /// A statement whose rows nobody reads.
  package init(_ statement: SQL) where Answer == Void {
    self.init(statement, rows: { _ in })
  }

  /// No statement at all, where a branch has nothing to ask.
  package init(of answer: Answer) {
    self.init(statements: []) { _ in answer }
  }

  /// The answers of both, one after the other.
  package init<each Part>(joining parts: repeat Pipeline<each Part>) where Answer == (repeat each Part) {
    var statements: [SQL] = []
    for part in repeat each parts { statements += part.statements }
    self.init(statements: statements) { results in (repeat try (each parts).reading(&results)) }
  }

  /// As many as there are, one after the other.
  package init<Part>(all parts: [Pipeline<Part>]) where Answer == [Part] {
    self.init(statements: parts.flatMap(\.statements)) { results in try parts.map { try $0.reading(&results) } }
  }

  package func map<Other>(_ transform: @escaping (Answer) throws -> Other) -> Pipeline<Other> {
    Pipeline<Other>(statements: statements) { results in try transform(try reading(&results)) }
  }

  /// - Parameter results: a result for each of `statements`.
  package func answer(_ results: some Sequence<ResultSet>) throws -> Answer {
    var results = Array(results)[...]
    let answer = try reading(&results)
    precondition(results.isEmpty, "\(results.count) results were not read")
    return answer
  }
}

extension Connection {
  /// All of them in one round trip and one transaction, as `pipeline` does.
  /// - Throws: what `pipeline` throws, or what a reader does; by then all was committed.
  package func run<each Answer>(
    _ parts: repeat Pipeline<each Answer>, deadline: ContinuousClock.Instant? = nil
  ) throws -> (repeat each Answer) {
    let whole = Pipeline(joining: repeat each parts)
    return try whole.answer(try pipeline(whole.statements, deadline: deadline))
  }
}
