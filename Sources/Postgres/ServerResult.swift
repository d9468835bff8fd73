internal import CLibpq

/// A reply of the server as libpq hands it over; freed with the object.
@safe final class ServerResult {
  let handle: OpaquePointer
  init(_ handle: OpaquePointer) { unsafe self.handle = handle }
  deinit { unsafe PQclear(handle) }

  enum Status { case complete, syncDone, skipped, failed, unsupported }

  var status: Status {
    switch unsafe PQresultStatus(handle) {
    case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY: .complete
    case PGRES_PIPELINE_SYNC: .syncDone
    case PGRES_PIPELINE_ABORTED: .skipped
    case PGRES_FATAL_ERROR: .failed
    default: .unsupported
    }
  }

  /// The error this result reports; `connectionLost` when libpq made it up because the server is gone, or a pooler
  /// says so.
  func error(in statement: String?) -> PostgresError {
    guard let sqlState = field("C"), !isLossBehindPooler(sqlState) else {
      return PostgresError(.connectionLost, statement: statement)
    }
    var error = PostgresError(isStalePlan(sqlState) ? .stalePlan : .server, statement: statement)
    error.sqlState = sqlState
    error.constraint = field("n")
    error.column = field("c")
    if sqlState.hasPrefix("BM") { error.detail = field("M") }
    return error
  }

  /// The server's own words, which can quote values.
  var message: String? { field("M") }

  /// Where in the text the server stopped, in characters from 1.
  var position: Int? { field("P").flatMap { Int($0) } }

  /// 26000: no such prepared statement. 0A000 is many things, one of them a plan whose columns changed, told by
  /// the server's function that refused.
  private func isStalePlan(_ sqlState: String) -> Bool {
    sqlState == "26000" || (sqlState == "0A000" && field("R") == "RevalidateCachedQuery")
  }

  /// PgBouncer ends a client's session with one code for everything. Either the queue was too long, and nothing was
  /// sent; or it has lost the server's session, perhaps in the middle of the commit.
  private func isLossBehindPooler(_ sqlState: String) -> Bool {
    sqlState == "08P01" && field("S") == "FATAL" && field("M") != "query_wait_timeout"
  }

  /// A field of the server's error.
  /// - Source: PostgreSQL manual, "Error and Notice Message Fields", and `PG_DIAG_*` in `postgres_ext.h`.
  private func field(_ code: Unicode.Scalar) -> String? {
    unsafe PQresultErrorField(handle, Int32(code.value)).map { unsafe String(cString: $0) }
  }
}
