import Backend
import FoundationEssentials
import FunctionRuntime
import Postgres
import Practice
import StrictJSON

/// One page of an account's rows in version order, whatever their table. PostgreSQL makes the JSON, which is spliced
/// into the answer unread (`breath.pull`).
struct Changes {
  let cursor: Cursor
  let more: Bool
  /// The cursor belonged to another life of the database, to another account, or to versions it never reached: this page
  /// begins anew, and what the server has of each device is told.
  let holdings: JSON?
  let json: JSON

  /// With the columns of `Progress`, in one statement and so of one snapshot: a digest that is newer than the page it comes
  /// with would tell a device that it has lost something.
  /// - Parameters:
  ///   - includingOwn: the caller's own rows too.
  ///   - inExtensionShape: sessions have the extension's own members and no others.
  ///   - besides: a relation that goes with the page, `p`, and its columns.
  static func query(
    of caller: Caller, after cursor: Cursor?, limit: Int, includingOwn: Bool, inExtensionShape: Bool = false,
    besides: (columns: SQL, join: SQL) = ("", "")
  ) -> SQL {
    """
    SELECT p.incarnation AS cursor_life, p.next_version, p.more, p.is_restart, p.sessions AS pulled_sessions, p.days,
      p.settings, p.deletions, p.devices, p.holdings,\(besides.columns) progress.*
    FROM (
      \(Progress.query(for: Viewer(caller)))
    ) AS progress
    CROSS JOIN breath.pull(
      \(caller.account.uuid), \(caller.device.uuid), \(cursor?.life), \(cursor?.version), \(Int32(limit)),
      \(includingOwn), \(inExtensionShape)) AS p
    \(besides.join)
    """
  }

  init(_ row: Row) throws {
    cursor = Cursor(life: try row["cursor_life"], version: try row["next_version"])
    more = try row["more"]
    let isRestart: Bool = try row["is_restart"]
    holdings = isRestart ? .some(try Changes.list(row, "holdings")) : .none
    json = [
      "sessions": try Changes.list(row, "pulled_sessions"), "days": try Changes.list(row, "days"),
      "settings": try Changes.list(row, "settings"), "deletions": try Changes.list(row, "deletions"),
      "devices": try Changes.devices(row),
    ]
  }

  /// Names were not always judged; nearly all are plain ASCII, and those are not read.
  private static func devices(_ row: Row) throws -> JSON {
    let items: String? = try row["devices"]
    guard let items, !items.utf8.allSatisfy({ $0 < 0x80 && $0 != UInt8(ascii: "\\") }) else {
      return try list(row, "devices")
    }
    let devices = try JSON(parsing: "[\(items)]", limits: .trusted).array ?? []
    return .array(
      devices.map { device in
        guard var members = device.object, let name = members["name"]?.string else { return device }
        members["name"] = JSON(shownName: name)
        return .object(members)
      })
  }

  private static func list(_ row: Row, _ column: String) throws(PostgresError) -> JSON {
    let items: String? = try row[column]
    return .array(items.map { [.raw($0)] } ?? [])  // the items with their commas: as one, they are not copied again
  }
}
