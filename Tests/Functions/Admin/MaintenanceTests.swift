import Foundation
import FunctionRuntime
import Postgres
import StrictJSON
import TestSupport
import Testing

/// The nightly call, through the worker.
@Suite(.serialized) struct MaintenanceTests {
  private func run(_ event: String = #"{"task":"nightly"}"#) throws -> JSON {
    let process = try Executable(.worker)
    try process.send(event + "\n")
    return try JSON(parsing: #require(try process.line()), limits: .trusted)
  }

  @Test func `what has expired goes, what has not stays, and a second run finds nothing`() throws {
    let (gone, kept) = (try Device(), try Device())
    for device in [gone, kept] { _ = try device.sync(Practice.push([Practice.session("a")])) }
    _ = try kept.pairingCode()
    let (goneID, keptID) = (try gone.accountID, try kept.accountID)
    let before = try kept.state()
    _ = try Superuser.connect().pipeline([
      "UPDATE breath.accounts SET last_seen_on = current_date - 800 WHERE account_id = \(goneID)",
      "UPDATE breath.pairing_codes SET expires_at = now() - interval '2 days' WHERE account_id = \(keptID)",
      """
      INSERT INTO breath.rate_limits (key, theoretical_arrival)
      VALUES (\(Array(gone.account.utf8)), now() - interval '2 days')
      """,
    ])
    let first = try run()
    #expect(first["complete"]?.bool == true)
    for (task, atLeast) in [("unseenAccounts", 1), ("pairingCodes", 1), ("rateLimits", 1)] as [(String, Int64)] {
      #expect(first["removed"]?[task]?.integer ?? 0 >= atLeast, "\(task)")
    }
    let again = try run()
    #expect(again["removed"]?.object?.members.allSatisfy { $0.value.integer == 0 } == true)
    #expect(
      try Superuser.count(
        """
        SELECT (SELECT count(*) FROM breath.accounts WHERE account_id = \(goneID))
          + (SELECT count(*) FROM breath.devices WHERE account_id = \(goneID))
          + (SELECT count(*) FROM breath.sessions WHERE account_id = \(goneID))
          + (SELECT count(*) FROM breath.day_totals WHERE account_id = \(goneID))
          + (SELECT count(*) FROM breath.device_credentials WHERE account_id = \(goneID)) AS count
        """) == 0)
    #expect(try kept.state() == before)
    #expect(try Fleet.call(.sync, gone.syncEvent([:])).outcome == "401 device_revoked")
  }

  @Test func `a second call at the same time leaves the work to the first`() throws {
    let connection = try Superuser.connect()
    _ = try connection.rows("SELECT pg_advisory_lock(7021787)")
    let reply = try run()
    #expect(reply["complete"]?.bool == false)
    _ = try connection.rows("SELECT pg_advisory_unlock(7021787)")
    #expect(try run()["complete"]?.bool == true)
  }

  @Test func `an event with an http key starts nothing, whatever it asks for`() throws {
    for event in [
      #"{"http":{"method":"POST","path":"","headers":{}},"task":"nightly"}"#,
      #"{"http":{"method":"GET","path":"/readyz","headers":{}},"task":"nightly"}"#, #"{"http":null,"task":"nightly"}"#,
    ] {
      let reply = try run(event)
      #expect([404, 400].contains(reply["statusCode"]?.integer), "\(event)")
    }
    #expect(try run(#"{"task":"everything"}"#)["removed"] == nil)
  }
}
