import Backend
import Foundation
import Postgres
import StrictJSON
import TestSupport
import Testing

/// What a request reads must follow from what it brings and asks for, never from how much the account has, nor from what
/// PostgreSQL happens to know of a table when the statements are prepared: rows are counted, not milliseconds.
@Suite struct RowsReadTests {
  /// An account with so many old sessions of its first device, and a second device.
  private struct Account {
    static let sessionCount: Int32 = 3_000
    let id = UUID(), first = UUID(), second = UUID()

    init() throws {
      let head = Int64(Account.sessionCount) + 2
      _ = try Database.connect().flight([
        "INSERT INTO breath.accounts (account_id, version, detail) VALUES (\(id), \(head), 'sessions')",
        """
        INSERT INTO breath.devices (account_id, device_id, version, name, time_zone, rows_version)
        VALUES (\(id), \(first), 1, 'laptop', 'UTC', \(head)), (\(id), \(second), 2, 'tower', 'UTC', 0)
        """,
        """
        INSERT INTO breath.sessions (account_id, device_id, session_id, version, local_date, local_minute, started_at,
          facts, cycles, counted_ms, xp, flags, hash_high, hash_low)
        SELECT \(id), \(first), 'old-' || n, n + 2, '2025-08-27', 0, '2025-08-27', '"id":"old-' || n || '"', 0, 0, 0, 0, n, n
        FROM generate_series(1, \(Account.sessionCount)) AS n
        """,
      ])
    }

    /// Runs the statements of `POST /v1/sync` in a new session, whose plans are made now.
    /// - Returns: rows of a table that were read, by index or without, and the last statement's row.
    func rowsRead(
      of table: String = "sessions", by device: UUID, _ body: JSON
    ) throws -> (count: Int64, last: Row) {
      let statements = try SampleFlight.statements(of: body.encoded, account: id, device: device)
      return try Database.connect("sync", direct: true).transaction { connection in
        let results = try connection.flight(statements)
        let row = try connection.rows(
          """
          SELECT coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0) AS count FROM pg_stat_xact_user_tables
          WHERE schemaname = 'breath' AND relname = \(table)
          """)[0]
        return (try row["count"], try #require(results.last?.first))
      }
    }
  }

  private func session(_ id: String) -> JSON {
    [
      "id": .string(id), "startedAt": "2025-08-27T10:00:00.000Z", "endedAt": "2025-08-27T10:05:00.000Z",
      "activeMs": 300_000, "cycles": 20, "goalMinutes": 5, "goalBonusXP": 3, "finalXP": 24,
    ]
  }

  @Test func pushOfNewSessionsReadsNoOldOne() throws {
    let account = try Account()
    let new = (1...20).map { session("new-\($0)") }
    let read = try account.rowsRead(by: account.first, ["push": ["sessions": .array(new)], "cursor": nil])
    #expect(read.count == 0)
  }

  @Test func pushOfKnownSessionsReadsOnlyThose() throws {
    let account = try Account()
    let known = (1...20).map { session("old-\($0)") }
    let read = try account.rowsRead(by: account.first, ["push": ["sessions": .array(known)], "cursor": nil])
    #expect((20...60).contains(read.count))
  }

  /// A session that no other device holds is looked for, and no row of another one is read for it.
  @Test func pushBesideAnotherDeviceReadsNoSessionOfIts() throws {
    let account = try Account()
    let new = (1...20).map { session("new-\($0)") }
    let read = try account.rowsRead(by: account.second, ["push": ["sessions": .array(new)], "cursor": nil, "limit": 1])
    // What the page brings.
    #expect(read.count <= 10)
  }

  @Test func restartReadsNoMoreDaysThanAPage() throws {
    let account = try Account()
    _ = try Database.connect().flight([
      """
      INSERT INTO breath.day_totals (account_id, local_date, device_id, version, reported_sessions)
      SELECT \(account.id), date '1990-01-01' + n, \(account.first), n + 2, 1
      FROM generate_series(1, \(Account.sessionCount)) AS n
      """
    ])
    // Of another account.
    let foreign: JSON = "AXyWBgYCyUMYvKCGv6dNFHoAAAAAAAAAAw"
    let read = try account.rowsRead(of: "day_totals", by: account.second, ["cursor": foreign, "limit": 10])
    let isRestart: Bool = try read.last["is_restart"]
    #expect(isRestart)
    #expect(read.count <= 50)
  }

  @Test func pageOfAPullReadsOnlyItsOwnRows() throws {
    let account = try Account()
    let read = try account.rowsRead(by: account.second, ["cursor": nil, "limit": 100])
    let more: Bool = try read.last["more"]
    #expect(more)
    #expect((100...205).contains(read.count))
  }
}
