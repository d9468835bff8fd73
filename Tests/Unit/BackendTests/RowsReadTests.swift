import Backend
import Foundation
import Operations
import Postgres
import StrictJSON
import SyncSamples
import TestSupport
import Testing

/// What a request reads must follow from what it brings and asks for, never from how much the account has, nor from
/// what PostgreSQL happens to know of a table when the statements are prepared: rows are counted, not milliseconds.
@Suite struct RowsReadTests {
  /// What PostgreSQL believes as it plans.
  enum Belief: CaseIterable {
    case nothing
    /// That an account has a row of each kind, and that each primary key is the dearest of its table's indexes.
    case smallAccounts

    /// - Parameter role: `sync`; nil for the superuser.
    func connect(_ role: String? = nil) throws -> Connection {
      switch self {
      case .nothing: try Database.connect(role, direct: true)
      case .smallAccounts: try Database.connect(url: MisledDatabase.shared.get().url(role))
      }
    }
  }

  /// An account with so many old sessions of its first device, three on each day, as many deleted ones, and a second
  /// device.
  private struct Account {
    static let sessionCount: Int32 = 3_000
    let id = UUID(), first = UUID(), second = UUID()
    /// Deleted what is deleted.
    private let third = UUID()
    private let belief: Belief

    init(_ belief: Belief, detail: String = "sessions", kept: Int32 = sessionCount) throws {
      self.belief = belief
      let head = Int64(Account.sessionCount) * 2 + 2
      _ = try belief.connect().pipeline([
        """
        INSERT INTO breath.accounts (account_id, version, detail, kept, tombstones)
        VALUES (\(id), \(head), \(detail), \(kept), \(Account.sessionCount))
        """,
        """
        INSERT INTO breath.devices (account_id, device_id, version, name, time_zone, rows_version)
        VALUES (\(id), \(first), 1, 'laptop', 'UTC', \(head)), (\(id), \(second), 2, 'tower', 'UTC', 0)
        """,
        """
        INSERT INTO breath.sessions (account_id, device_id, session_id, version, local_date, local_minute, started_at,
          facts, cycles, counted_ms, xp, flags, hash_high, hash_low)
        SELECT \(id), \(first), 'old-' || n, n + 2, '2022-08-27'::date + n / 3, 0,
          '2022-08-27T10:00Z'::timestamptz + n / 3 * interval '24 hours' + n % 3 * interval '1 hour',
          '"id":"old-' || n || '"', 0, 0, 0, 0, n, n
        FROM generate_series(1, \(Account.sessionCount)) AS n
        """,
        """
        INSERT INTO breath.tombstones (account_id, hash_high, hash_low, version, device_id, session_id, deleted_by)
        SELECT \(id), n, n, n + \(Account.sessionCount) + 2, \(first), 'gone-' || n, \(third)
        FROM generate_series(1, \(Account.sessionCount)) AS n
        """,
      ])
    }

    /// One for each day, by the first device.
    func fillDays() throws {
      _ = try belief.connect().pipeline([
        """
        INSERT INTO breath.day_totals (account_id, local_date, device_id, version, reported_sessions)
        SELECT \(id), date '1990-01-01' + n, \(first), n + 2, 1 FROM generate_series(1, \(Account.sessionCount)) AS n
        """
      ])
    }

    /// Runs the statements of `POST /v1/sync` in a new session, whose plans are made now.
    /// - Returns: what was read of the tables that grow with an account, by index or without, and the last statement's
    ///   row.
    func rowsRead(by device: UUID, _ body: JSON) throws -> (count: RowCount, last: Row) {
      let statements = try SamplePipeline.statements(of: body.encoded, account: id, device: device)
      return try belief.connect("sync").transaction { connection in
        let results = try connection.pipeline(statements)
        let rows = try connection.rows(
          """
          SELECT relname::text AS name, coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0) AS count
          FROM pg_stat_xact_user_tables WHERE schemaname = 'breath'
          """)
        let read = Dictionary(
          uniqueKeysWithValues: try rows.map { (try $0["name"], try $0["count"]) as (String, Int64) })
        let count = RowCount(
          sessions: read["sessions", default: 0], days: read["day_totals", default: 0],
          deletions: read["tombstones", default: 0])
        return (count, try #require(results.last?.first))
      }
    }
  }

  private struct RowCount {
    let sessions, days, deletions: Int64
  }

  private func session(_ id: String, startedAt start: String = "2025-08-27T10:00:00.000Z") -> JSON {
    [
      "id": .string(id), "startedAt": .string(start), "endedAt": .string(start.replacing(":00:00.", with: ":05:00.")),
      "activeMs": 300_000, "cycles": 20, "goalMinutes": 5, "goalBonusXP": 3, "finalXP": 24,
    ]
  }

  private func push(_ sessions: [JSON], limit: JSON = 1) -> JSON {
    ["push": ["sessions": .array(sessions)], "cursor": nil, "limit": limit]
  }

  @Test(arguments: Belief.allCases) func `a push of new sessions reads no old one`(_ belief: Belief) throws {
    let account = try Account(belief)
    let read = try account.rowsRead(by: account.first, push((1...20).map { session("new-\($0)") }))
    #expect(read.count.sessions == 0)
    #expect(read.count.days <= 3)
    #expect(read.count.deletions <= 5)
  }

  @Test(arguments: Belief.allCases) func `a push of known sessions reads only those`(_ belief: Belief) throws {
    let account = try Account(belief)
    let read = try account.rowsRead(by: account.first, push((1...20).map { session("old-\($0)") }))
    #expect((20...60).contains(read.count.sessions))
    #expect(read.count.days <= 3)
    #expect(read.count.deletions <= 5)
  }

  @Test(arguments: Belief.allCases)
  func `a push to an account that is full reads only what it brings`(_ belief: Belief) throws {
    let account = try Account(belief, kept: 200_000)
    let read = try account.rowsRead(by: account.first, push((1...20).map { session("old-\($0)") }))
    #expect((20...80).contains(read.count.sessions))
    #expect(read.count.deletions <= 5)
  }

  /// A session that no other device holds is looked for, and no row of another one is read for it.
  @Test(arguments: Belief.allCases)
  func `a push beside another device reads no session of its`(_ belief: Belief) throws {
    let account = try Account(belief)
    let read = try account.rowsRead(by: account.second, push((1...20).map { session("new-\($0)") }))
    // What the page brings.
    #expect(read.count.sessions <= 10)
    #expect(read.count.days <= 5)
    #expect(read.count.deletions <= 5)
  }

  /// The other device begun sessions in the same hours, which are compared, and none of other days is.
  @Test(arguments: Belief.allCases)
  func `a push that begins when others did reads those that began then`(_ belief: Belief) throws {
    let account = try Account(belief)
    let sessions = (10...29).map { day in session("new-\(day)", startedAt: "2022-09-\(day)T10:00:00.000Z") }
    let read = try account.rowsRead(by: account.second, push(sessions))
    #expect((20...60).contains(read.count.sessions))
  }

  @Test(arguments: Belief.allCases) func `deletions read only what they delete`(_ belief: Belief) throws {
    let account = try Account(belief)
    try account.fillDays()
    let deletions = (1...20).map { number in
      ["device": .string("\(account.first)".lowercased()), "session": .string("old-\(number)")] as JSON
    }
    let body: JSON = ["push": ["deletions": .array(deletions)], "cursor": nil, "limit": 1]
    let read = try account.rowsRead(by: account.first, body)
    #expect((20...120).contains(read.count.sessions))
    #expect(read.count.days <= 120)
    #expect(read.count.deletions <= 60)
  }

  @Test(arguments: Belief.allCases) func `reported days read only themselves`(_ belief: Belief) throws {
    let account = try Account(belief)
    try account.fillDays()
    let days = (10...29).map { day in
      [
        "date": .string("1995-03-\(day)"), "sessions": 2, "activeMs": 300_000, "cycles": 20, "xp": 24,
      ] as JSON
    }
    let body: JSON = ["push": ["days": .array(days)], "cursor": nil, "limit": 1]
    let read = try account.rowsRead(by: account.first, body)
    #expect(read.count.sessions <= 10)
    #expect((20...120).contains(read.count.days))
  }

  @Test(arguments: Belief.allCases) func `sessions that become days read only those days`(_ belief: Belief) throws {
    let account = try Account(belief, detail: "days")
    try account.fillDays()
    let sessions = (10...29).map { session("new-\($0)", startedAt: "1995-03-\($0)T10:00:00.000Z") }
    let body: JSON = ["push": ["sessions": .array(sessions)], "detail": "sessions", "cursor": nil, "limit": 1]
    let read = try account.rowsRead(by: account.first, body)
    #expect(read.count.sessions <= 10)
    #expect((20...120).contains(read.count.days))
    #expect(read.count.deletions <= 5)
  }

  @Test(arguments: Belief.allCases) func `a restart reads no more days than a page`(_ belief: Belief) throws {
    let account = try Account(belief)
    try account.fillDays()
    // Of another account.
    let foreign: JSON = "AXyWBgYCyUMYvKCGv6dNFHoAAAAAAAAAAw"
    let read = try account.rowsRead(by: account.second, ["cursor": foreign, "limit": 10])
    let isRestart: Bool = try read.last["is_restart"]
    #expect(isRestart)
    #expect(read.count.days <= 50)
  }

  @Test(arguments: Belief.allCases) func `a page of a pull reads only its own rows`(_ belief: Belief) throws {
    let account = try Account(belief)
    let read = try account.rowsRead(by: account.second, ["cursor": nil, "limit": 100])
    let more: Bool = try read.last["more"]
    #expect(more)
    #expect((100...205).contains(read.count.sessions))
    #expect(read.count.deletions <= 205)
  }
}

/// A migrated database of whose accounts each has a row of each kind, which was analysed as that was so, and whose
/// primary keys have a level more than the other indexes, so that each looks dearer than one that only begins with the
/// account.
private final class MisledDatabase: Sendable {
  static let shared = Result { try MisledDatabase() }
  private let name = "breath_scratch_\(UUID().uuidString.prefix(8).lowercased())"

  private init() throws {
    try Database.connect().run(PostgresScript(trustedText: "CREATE DATABASE \(name)"))
    let files = try SchemaFiles(folder: Database.root.appending(path: "sql").path)
    _ = try Migrator(url: url(nil), caCertificate: nil, files: files).run()
    try Database.connect(url: url(nil)).run(PostgresScript(trustedText: MisledDatabase.contents))
  }

  func url(_ role: String?) throws -> String {
    let direct = role.flatMap { ProcessInfo.processInfo.environment["BREATH_TEST_DIRECT_URL_\($0.uppercased())"] }
    let usual = role.map { "DATABASE_URL_\($0.uppercased())" } ?? "BREATH_TEST_DATABASE_URL"
    return try (direct ?? TestEnvironment.value(usual)).replacing("@/breath?", with: "@/\(name)?")
  }

  private static let contents = """
    CREATE TEMP TABLE people AS
      SELECT gen_random_uuid() AS account_id, gen_random_uuid() AS device_id, n FROM generate_series(1, 3000) AS n;
    INSERT INTO breath.accounts (account_id, version) SELECT account_id, 3 FROM people;
    INSERT INTO breath.devices (account_id, device_id, version, name, time_zone)
      SELECT account_id, device_id, 1, 'laptop', 'UTC' FROM people;
    INSERT INTO breath.sessions (account_id, device_id, session_id, version, local_date, local_minute, started_at,
      facts, cycles, counted_ms, xp, flags, hash_high, hash_low)
      SELECT account_id, device_id, 'sess-' || n, 2, '2025-01-01', 0, '2025-01-01', '', 0, 0, 0, 0, n, n FROM people;
    INSERT INTO breath.day_totals (account_id, local_date, device_id, version, reported_sessions)
      SELECT account_id, '2025-01-01', device_id, 2, 1 FROM people;
    INSERT INTO breath.tombstones (account_id, hash_high, hash_low, version, device_id, deleted_by)
      SELECT account_id, n, n, 3, device_id, device_id FROM people;
    ALTER INDEX breath.sessions_pkey SET (fillfactor = 10);
    ALTER INDEX breath.day_totals_pkey SET (fillfactor = 10);
    ALTER INDEX breath.tombstones_pkey SET (fillfactor = 10);
    REINDEX TABLE breath.sessions;
    REINDEX TABLE breath.day_totals;
    REINDEX TABLE breath.tombstones;
    ANALYZE;
    -- Else PostgreSQL would look again in the middle of the tests.
    ALTER TABLE breath.sessions SET (autovacuum_enabled = false);
    ALTER TABLE breath.day_totals SET (autovacuum_enabled = false);
    ALTER TABLE breath.tombstones SET (autovacuum_enabled = false);
    """
}
