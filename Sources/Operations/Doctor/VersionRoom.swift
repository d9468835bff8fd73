import Backend
import FoundationEssentials
import Postgres

/// Versions count the rows that were written, so no practice brings an account near the end of a `bigint`. Merges used to
/// multiply them (docs/decisions/0024); an account that got there is numbered anew.
enum VersionRoom {
  /// As `breath.is_near_end` has it.
  static let versionMax: Int64 = 1 << 60

  static let expectation = "at most \(versionMax), for versions are nearly used up"
}

extension StoredAccount {
  var isNearVersionEnd: Bool {
    let rows =
      devices.map(\.version) + sessions.map(\.version) + days.map(\.version) + tombstones.map(\.version)
      + settings.map(\.version)
    return max(version, rows.max() ?? 0) > VersionRoom.versionMax
  }

  /// The account as it is when it can be counted on, in a transaction that holds its row.
  func withVersionRoom(_ account: UUID, _ connection: Connection) throws -> StoredAccount? {
    guard isNearVersionEnd else { return self }
    _ = try connection.pipeline(["SELECT breath.renumber_account(\(account))"])
    return try StoredAccount(account, from: connection)
  }
}
