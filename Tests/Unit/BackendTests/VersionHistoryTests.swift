import Backend
import Foundation
import Operations
import Postgres
import StrictJSON
import SyncSamples
import TestSupport
import Testing

/// Random histories of pushes, merges and undos: an account's version grows by the rows that are written in it and by
/// nothing else, and every row has a version of its own that the account has reached.
@Suite struct VersionHistoryTests {
  @Test(arguments: UInt64(0)..<24)
  func `versions grow by what is written, also in merges and undos`(seed: UInt64) throws {
    let history = try History(seed)
    var (merges, undos) = (0, 0)
    for step in 0..<30 {
      let before = try history.counts()
      let action = try history.act()
      merges += action.hasPrefix("merge") ? 1 : 0
      undos += action.hasPrefix("undo") ? 1 : 0
      for (account, after) in try history.counts() {
        let then = before[account] ?? (0, 0)
        // A push leaves out the places of what it does not store (decision 21).
        let leftOut: Int64 = action.hasPrefix("push") ? 4 : 0
        #expect(
          after.version - then.version <= after.written - then.written + leftOut,
          "seed \(seed), step \(step): \(action)")
        #expect(after.version >= then.version, "seed \(seed), step \(step): \(action)")
      }
    }
    for account in history.accounts {
      let differences = try #require(try history.doctor.examine(account)).map(\.description)
      #expect(differences == [], "seed \(seed)")
    }
    #expect(merges > 0, "seed \(seed): \(undos) undone")
  }
}

/// Three people with two machines each, in a database whose triggers count what gets a version.
private final class History {
  let accounts = (0..<3).map { _ in UUID() }
  let doctor: Doctor
  private let database: CountingDatabase
  private let connection: Connection
  private let devices = (0..<6).map { _ in UUID() }
  private var random: Seeded
  private var clock = Date(timeIntervalSince1970: 1_756_303_331)

  init(_ seed: UInt64) throws {
    random = Seeded(seed)
    database = try CountingDatabase.shared.get()
    connection = try Database.connect(url: database.url)
    doctor = try Doctor(url: database.url, caCertificate: nil)
    for (place, device) in devices.enumerated() {
      let account = accounts[place / 2]
      let detail = random.pick(["days", "sessions", "sessions"])
      _ = try connection.pipeline([
        """
        INSERT INTO breath.accounts (account_id, detail) VALUES (\(account), \(detail)) ON CONFLICT DO NOTHING
        """,
        "UPDATE breath.accounts SET version = version + 1 WHERE account_id = \(account)",
        """
        INSERT INTO breath.devices (account_id, device_id, version, name, time_zone)
        SELECT account_id, \(device), version, 'laptop', 'UTC' FROM breath.accounts WHERE account_id = \(account)
        """,
        """
        INSERT INTO breath.device_credentials (device_id, account_id, secret_hash)
        VALUES (\(device), \(account), sha256(uuid_send(\(device))))
        """,
      ])
    }
  }

  /// Of each account: its version, and how many rows ever got one in it.
  func counts() throws -> [UUID: (version: Int64, written: Int64)] {
    let rows = try connection.rows(
      """
      SELECT a.account_id, a.version,
        (SELECT count(*) FROM counting.written w WHERE w.account_id = a.account_id) AS written
      FROM breath.accounts a WHERE a.account_id = ANY(\(accounts))
      """)
    return try Dictionary(
      uniqueKeysWithValues: rows.map { (try $0["account_id"], (try $0["version"], try $0["written"])) })
  }

  func act() throws -> String {
    let device = random.pick(devices)
    let home = try account(of: device)
    switch random.number(0...9) {
    case 0...5:
      let push = push(of: device)
      _ = try connection.pipeline(SamplePipeline.statements(of: push.encoded, account: home, device: device))
      return "push \(push.text)"
    case 6, 7:
      let host = random.pick(devices)
      let target = try account(of: host)
      guard target != home else { return "nothing" }
      try merge(device, into: target, of: host)
      return "merge"
    default:
      let open = try connection.rows(
        """
        SELECT merge_id FROM breath.merges WHERE account_id = \(home) AND undone_at IS NULL
        ORDER BY merged_at DESC, merge_id LIMIT 1
        """)
      guard let merge: UUID = try open.first?["merge_id"] else { return "nothing" }
      let generation: SQL = """
        (SELECT token_generation FROM breath.devices WHERE account_id = \(home) AND device_id = \(device))
        """
      _ = try connection.pipeline(["SELECT outcome FROM breath.undo_merge(\(home), \(device), \(generation), \(merge))"]
      )
      return "undo"
    }
  }

  private func merge(_ device: UUID, into target: UUID, of host: UUID) throws {
    let code = UUID()
    _ = try connection.pipeline([
      """
      INSERT INTO breath.pairing_codes (code_hash, account_id, device_id, expires_at)
      VALUES (sha256(uuid_send(\(code))), \(target), \(host), now() + interval '1 hour')
      """,
      """
      SELECT account FROM breath.redeem_pairing(
        sha256(uuid_send(\(code))), \(device), sha256(uuid_send(\(device))), 'tower', 'UTC', \(UUID()))
      """,
    ])
  }

  private func account(of device: UUID) throws -> UUID {
    try connection.rows("SELECT account_id FROM breath.device_credentials WHERE device_id = \(device)")[0]["account_id"]
  }

  /// Records under few ids, so that they meet; sometimes another person's machine as if from a copy.
  private func push(of device: UUID) -> JSON {
    let start = Date(timeIntervalSince1970: 1_756_303_331 + Double(random.number(0...40)) * 43_000)
    let times = (start.formatted(.iso8601), start.addingTimeInterval(300).formatted(.iso8601))
    let ids = Set((0..<random.number(0...4)).map { _ in "s\(random.number(0...9))" }).sorted()
    var push = JSONObject([
      (
        "sessions",
        .array(
          ids.map { id in
            [
              "id": .string(id), "startedAt": .string(times.0), "endedAt": .string(times.1), "activeMs": 300_000,
              "cycles": .integer(random.number(0...3)),
            ]
          })
      )
    ])
    push["days"] = [
      [
        "date": .string("2025-08-2\(random.number(0...9))"), "sessions": .integer(random.number(0...3)),
        "activeMs": .integer(random.number(0...9)), "cycles": 1, "xp": .integer(random.number(0...90)),
      ]
    ]
    clock.addTimeInterval(1)
    push["settings"] = [
      [
        "module": "display", "key": .string("k\(random.number(0...4))"), "value": .integer(random.number(0...9)),
        "changedAt": .string(clock.formatted(.iso8601)),
      ]
    ]
    if random.number(0...2) == 0 { push["deletions"] = [["session": .string("s\(random.number(0...9))")]] }
    if random.number(0...4) == 0 {
      let other = random.pick(devices.filter { $0 != device })
      push["devices"] = [
        ["id": .string("\(other)".lowercased()), "name": "copy", "timeZone": "UTC", "reset": .null]
      ]
    }
    return ["push": .object(push)]
  }
}

/// A migrated database that notes each row that gets a version: inserted, moved or numbered anew.
private final class CountingDatabase: Sendable {
  static let shared = Result { try CountingDatabase() }
  let url: String

  private init() throws {
    let name = "breath_scratch_\(UUID().uuidString.prefix(8).lowercased())"
    url = try TestEnvironment.value("BREATH_TEST_DATABASE_URL").replacing("@/breath?", with: "@/\(name)?")
    try Database.connect().run(PostgresScript(trustedText: "CREATE DATABASE \(name)"))
    let files = try SchemaFiles(folder: Database.root.appending(path: "sql").path)
    _ = try Migrator(url: url, caCertificate: nil, files: files).run()
    try Database.connect(url: url).run(PostgresScript(trustedText: CountingDatabase.triggers))
  }

  private static let triggers = """
    CREATE SCHEMA counting;
    CREATE TABLE counting.written (account_id uuid NOT NULL);
    CREATE INDEX ON counting.written (account_id);
    CREATE FUNCTION counting.note() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
    BEGIN
      INSERT INTO counting.written VALUES (NEW.account_id);
      RETURN NULL;
    END
    $$;
    DO $$
    DECLARE
      name text;
    BEGIN
      FOREACH name IN ARRAY ARRAY['devices', 'sessions', 'day_totals', 'tombstones', 'settings'] LOOP
        EXECUTE format(
          'CREATE TRIGGER counted AFTER INSERT ON breath.%I
             FOR EACH ROW EXECUTE FUNCTION counting.note()', name);
        EXECUTE format(
          'CREATE TRIGGER counted_again AFTER UPDATE ON breath.%I FOR EACH ROW
             WHEN (NEW.version > 0
               AND (NEW.version, NEW.account_id) IS DISTINCT FROM (OLD.version, OLD.account_id))
             EXECUTE FUNCTION counting.note()', name);
      END LOOP;
    END
    $$;
    """
}
