import Foundation
import FunctionRuntime
import Postgres
import StrictJSON
import TestSupport
import Testing

/// `breath doctor` finds whatever does not follow from the events, names it, and makes it right.
@Suite struct DoctorTests {
  static func doctor(_ device: Device, _ arguments: String...) throws -> (status: CInt, output: String) {
    let variables = try [
      "MIGRATE_DATABASE_URL": TestEnvironment.value("BREATH_TEST_DATABASE_URL")
    ]
    let tool = try Executable(
      TestEnvironment.value("BREATH_TEST_BIN") + "/breath",
      arguments: ["doctor", "--account", device.account] + arguments,
      variables)
    let output = try tool.rest().joined(separator: "\n")
    return (tool.finish(), output + tool.log())
  }

  /// Two machines, sessions, reports, deletions, a clearing, settings.
  private func practised() throws -> Device {
    let first = try Device(timeZone: "America/Costa_Rica")
    let second = try first.paired(timeZone: "Europe/Berlin")
    let day: JSON = ["date": "2025-08-27", "sessions": 9, "activeMs": 600_000, "cycles": 12, "xp": 20]
    _ = try first.importFile(RecordedExport.all[0].text, query: "detail=sessions")
    _ = try second.sync(Practice.push(Practice.sessions(["gone", "cleared"])))
    _ = try second.sync(["push": ["reset": ["at": "2025-09-01T00:00:00.000Z"]]])
    _ = try second.sync([
      "push": [
        "reset": ["at": "2025-09-01T00:00:00.000Z"], "sessions": Practice.sessions((0..<20).map { "\($0)" }),
        "days": [day], "deletions": [["session": "3"], ["session": "never seen"]],
        "settings": [["module": "display", "key": "k", "value": 1, "changedAt": "2025-08-27T14:00:00.000Z"]],
      ]
    ])
    return first
  }

  @Test func `of an account that was only ever synced every number follows from its events`() throws {
    let device = try practised()
    let (status, output) = try DoctorTests.doctor(device)
    #expect(status == 0 && output.contains("every number follows from its events"), "\(output)")
    _ = try device.call(
      .sync, "PUT", "/detail", headers: ["content-type": "application/json"], body: #"{"detail": "days"}"#)
    #expect(try DoctorTests.doctor(device).status == 0)
  }

  private static let damages: [(place: String, statement: SQL)] = [
    ("derived", "UPDATE breath.day_totals SET derived_xp = derived_xp + 1 WHERE local_date = '2025-08-27'"),
    ("not there", "DELETE FROM breath.day_totals WHERE derived_sessions > 0 AND reported_sessions = 0"),
    ("sums of device", "UPDATE breath.devices SET active_ms = active_ms * 2 WHERE active_ms > 0"),
    ("digest", "UPDATE breath.accounts SET digest_low = digest_low # 1"),
    ("practised days", "UPDATE breath.accounts SET practised = '{}'"),
    ("counted", "UPDATE breath.sessions SET counted_ms = counted_ms + 1 WHERE session_id = '7'"),
    ("hash", "UPDATE breath.sessions SET hash_high = 0 WHERE session_id = '7'"),
    ("version", "UPDATE breath.accounts SET version = 1"),
    ("newest row", "UPDATE breath.devices SET rows_version = 0"),
    ("unknown here", "UPDATE breath.devices SET time_zone = 'US/Pacific-Legacy' WHERE time_zone = 'Europe/Berlin'"),
    ("counts", "UPDATE breath.sessions SET counts = false WHERE session_id = '7'"),
    ("twins", "UPDATE breath.day_totals SET twin_xp = 1 WHERE derived_sessions > 0"),
    ("history of device", "UPDATE breath.devices SET twin_group = device_id"),
    ("digest of device", "UPDATE breath.devices SET digest_low = digest_low # 1 WHERE digest_count > 0"),
    (", hash", "UPDATE breath.day_totals SET hash_low = hash_low # 1 WHERE reported_sessions > 0"),
    ("records of the account", "UPDATE breath.accounts SET kept = kept + 1, tombstones = 0"),
  ]

  @Test(arguments: damages.indices) func `each kind of damage is named, and repaired`(index: Int) throws {
    let device = try practised()
    let before = try device.sync(["own": true])
    let (place, statement) = DoctorTests.damages[index]
    // Row-level security does not bind the superuser, so the account is named in every statement.
    let account = try device.accountID
    let scoped: SQL =
      statement.text.contains("WHERE")
      ? "\(statement) AND account_id = \(account)" : "\(statement) WHERE account_id = \(account)"
    _ = try Superuser.rows(scoped)
    let found = try DoctorTests.doctor(device)
    #expect(found.status == 1 && found.output.contains(place), "\(found.output)")
    let repaired = try DoctorTests.doctor(device, "--repair")
    #expect(repaired.status == 0 && repaired.output.contains("rebuilt"), "\(repaired.output)")
    let after = try DoctorTests.doctor(device)
    #expect(after.status == 0, "\(after.output)")
    let again = try device.sync(["own": true])
    #expect(again["progress"] == before["progress"] && again["digest"] == before["digest"])
    #expect(try again.items("changes.sessions").count == before.items("changes.sessions").count)
  }

  @Test func `an account that is not there is named`() throws {
    let device = try Device()
    _ = try Superuser.rows("DELETE FROM breath.accounts WHERE account_id = \(device.accountID)")
    let (status, output) = try DoctorTests.doctor(device)
    #expect(status == 65 && output.contains(device.account))
  }
}
