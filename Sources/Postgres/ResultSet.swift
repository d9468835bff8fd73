internal import CLibpq

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// The rows of one statement, in memory, in the server's order.
@safe package final class ResultSet {
  private let result: ServerResult
  private let statement: SQLText
  package let count: Int
  /// Where the next column is looked for first: they are nearly always read in the order of the statement's list.
  private var expectedColumn: Int32 = 0

  init(_ result: ServerResult, statement: SQLText) {
    self.result = result
    self.statement = statement
    count = Int(unsafe PQntuples(result.handle))
  }

  /// Names in the order of the statement's list.
  package var columns: [String] {
    unsafe (0..<PQnfields(result.handle)).map { unsafe String(cString: PQfname(result.handle, $0)) }
  }

  private func column(_ name: String) -> Int32? {
    let count = unsafe PQnfields(result.handle)
    let order = [expectedColumn..<count, 0..<Swift.min(expectedColumn, count)].joined()
    guard let column = order.first(where: { unsafe strcmp(name, PQfname(result.handle, $0)) == 0 }) else { return nil }
    expectedColumn = column + 1
    return column
  }

  /// Rows that were inserted, updated, deleted or selected; 0 for statements that count none.
  package var affected: Int { unsafe Int(String(cString: PQcmdTuples(result.handle))) ?? 0 }

  /// - Returns: nil for NULL.
  /// - Throws: `missingColumn`, `typeMismatch`, or why the value cannot be read.
  func decode<Value: PostgresDecodable>(row: Int, column name: String) throws(PostgresError) -> Value? {
    guard let column = column(name) else { throw error(.missingColumn, name) }
    let row = Int32(row)
    guard let type = PostgresType(rawValue: unsafe PQftype(result.handle, column)), Value.reads(type),
      unsafe PQfformat(result.handle, column) == 1
    else { throw error(.typeMismatch, name) }
    if unsafe PQgetisnull(result.handle, row, column) == 1 { return nil }
    let length = Int(unsafe PQgetlength(result.handle, row, column))
    guard let start = unsafe PQgetvalue(result.handle, row, column) else { throw error(.malformedValue, name) }
    do throws(PostgresError.Kind) {
      return try unsafe start.withMemoryRebound(to: UInt8.self, capacity: length) {
        (start) throws(PostgresError.Kind) in
        try Value(postgres: unsafe Span(_unsafeStart: start, count: length), type: type)
      }
    } catch { throw self.error(error, name) }
  }

  func error(_ kind: PostgresError.Kind, _ column: String) -> PostgresError {
    PostgresError(kind, column: column, statement: "\(statement)")
  }
}

extension ResultSet: RandomAccessCollection {
  package var startIndex: Int { 0 }
  package var endIndex: Int { count }
  package subscript(index: Int) -> Row {
    precondition(indices.contains(index), "row \(index) of \(count)")
    return Row(set: self, index: index)
  }
}

/// One row; its columns are read by name and type: `let cursor: Int64 = try row["cursor"]`.
package struct Row {
  fileprivate let set: ResultSet
  fileprivate let index: Int

  /// - Throws: `unexpectedNull` besides what the optional form throws. The error names the column, never its value.
  package subscript<Value: PostgresDecodable>(name: String) -> Value {
    get throws(PostgresError) {
      guard let value: Value = try set.decode(row: index, column: name) else {
        throw set.error(.unexpectedNull, name)
      }
      return value
    }
  }

  /// nil is NULL.
  /// - Throws: `missingColumn`, `typeMismatch`, or why the value cannot be read.
  package subscript<Value: PostgresDecodable>(name: String) -> Value? {
    get throws(PostgresError) { try set.decode(row: index, column: name) }
  }
}
