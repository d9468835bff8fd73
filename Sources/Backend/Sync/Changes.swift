import FoundationEssentials
import FunctionRuntime
import Postgres
import StrictJSON

/// One page of an account's rows in version order, whatever their table. PostgreSQL makes the JSON, which is spliced
/// into the answer unread (DESIGN 9, sql/0011).
struct Changes {
  let cursor: Cursor
  let more: Bool
  /// The cursor belonged to another life of the database, or to versions it never reached: this page begins anew, and
  /// what the server has of each device is told.
  let holdings: JSON?
  let json: JSON

  /// - Parameters:
  ///   - includingOwn: the caller's own rows too.
  ///   - inExtensionShape: sessions have the extension's own members and no others.
  static func query(
    of caller: Caller, after cursor: Cursor?, limit: Int, includingOwn: Bool, inExtensionShape: Bool = false
  ) -> SQL {
    """
    SELECT incarnation, next_version, more, is_restart, sessions, days, settings, deletions, devices, holdings
    FROM breath.pull(
      \(caller.account.uuid), \(caller.device.uuid), \(cursor?.incarnation), \(cursor?.version), \(Int32(limit)),
      \(includingOwn), \(inExtensionShape))
    """
  }

  init(_ row: Row) throws {
    // Its account is gone, together with all that could be pulled.
    guard let version: Int64 = try row["next_version"] else { throw Problem.accountGone }
    cursor = Cursor(incarnation: try row["incarnation"], version: version)
    more = try row["more"]
    let isRestart: Bool = try row["is_restart"]
    holdings = isRestart ? .some(try Changes.list(row, "holdings")) : .none
    json = [
      "sessions": try Changes.list(row, "sessions"), "days": try Changes.list(row, "days"),
      "settings": try Changes.list(row, "settings"), "deletions": try Changes.list(row, "deletions"),
      "devices": try Changes.list(row, "devices"),
    ]
  }

  private static func list(_ row: Row, _ column: String) throws(PostgresError) -> JSON {
    let items: String? = try row[column]
    return .array(items.map { [.raw($0)] } ?? [])  // the items with their commas: as one, they are not copied again
  }
}
