import Foundation
import Postgres
import StrictJSON
import TestSupport
import Testing

/// The database behind the functions, as its superuser sees it: no row-level security.
enum Superuser {
  static func connect() throws -> Connection {
    try Connection(
      PostgresConfiguration(
        url: TestEnvironment.value("BREATH_TEST_DATABASE_URL"), applicationName: "breath-function-tests",
        connectTimeout: .seconds(30)))
  }

  static func rows(_ sql: SQL) throws -> ResultSet { try connect().rows(sql) }

  static func text(_ sql: SQL) throws -> String {
    try #require(rows(sql).first)["value"]
  }

  /// Everything stored about an account but the ledger of its pushes, as one text: equal when nothing has changed.
  /// - Parameter connection: nil for one of its own.
  static func state(of account: String, on connection: Connection? = nil) throws -> String {
    let id = try #require(UUID(uuidString: account))
    let rows = try (connection ?? connect()).rows(
      """
      SELECT jsonb_build_array(
        (SELECT jsonb_agg(to_jsonb(t)) FROM breath.accounts t WHERE account_id = \(id)),
        (SELECT jsonb_agg(to_jsonb(t) ORDER BY t.device_id) FROM breath.devices t WHERE account_id = \(id)),
        (SELECT jsonb_agg(to_jsonb(t) ORDER BY t.recorded_at) FROM breath.consents t WHERE account_id = \(id)),
        (SELECT jsonb_agg(to_jsonb(t) ORDER BY t.version) FROM breath.sessions t WHERE account_id = \(id)),
        (SELECT jsonb_agg(to_jsonb(t) ORDER BY t.version) FROM breath.day_totals t WHERE account_id = \(id)),
        (SELECT jsonb_agg(to_jsonb(t) ORDER BY t.version) FROM breath.tombstones t WHERE account_id = \(id)),
        (SELECT jsonb_agg(to_jsonb(t) ORDER BY t.version) FROM breath.settings t WHERE account_id = \(id))
      )::text AS value
      """)
    return try #require(rows.first)["value"]
  }

  /// As the person does at another machine.
  static func revoke(_ device: Device) throws {
    let (account, id) = (try device.accountID, UUID(uuidString: device.id))
    _ = try rows(
      "UPDATE breath.devices SET revoked_at = now() WHERE account_id = \(account) AND device_id = \(id)")
  }

  static func erase(_ device: Device) throws {
    let account = try device.accountID
    _ = try rows("SELECT breath.erase_account(\(account))")
  }

  static func count(_ sql: SQL) throws -> Int64 { try #require(rows(sql).first)["count"] }
}

extension Device {
  var accountID: UUID { get throws { try #require(UUID(uuidString: account)) } }

  func state() throws -> String { try Superuser.state(of: account) }

  /// All of its account, by every table that has a column of that name.
  func rowsLeft() throws -> Int64 {
    let tables = try Superuser.rows(
      """
      SELECT table_name::text AS name FROM information_schema.columns
      WHERE table_schema = 'breath' AND column_name = 'account_id'
      """)
    var left: Int64 = 0
    for row in tables {
      let name: String = try row["name"]
      let id = account
      left += try Superuser.count(
        """
        SELECT (xpath('/row/c/text()', query_to_xml(
          format('SELECT count(*) AS c FROM breath.%I WHERE account_id = %L', \(name), \(id)), false, true, '')
        ))[1]::text::bigint AS count
        """)
    }
    return left
  }
}
