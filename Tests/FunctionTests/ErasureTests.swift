import Foundation
import Postgres
import StrictJSON
import Testing

/// An account that its owner had erased stays erased, whatever an old installation still sends.
@Suite struct ErasureTests {
  private func erased() throws -> (first: Device, second: Device) {
    let first = try Device()
    let second = try first.paired()
    _ = try first.sync([
      "detail": "sessions",
      "push": [
        "sessions": [Practice.session("x")], "deletions": [["session": "y"]],
        "days": [["date": "2025-08-20", "sessions": 4, "activeMs": 900_000, "cycles": 60, "xp": 70]],
        "settings": [["module": "display", "key": "k", "value": 1, "changedAt": "2025-08-27T14:00:00.000Z"]],
      ],
    ])
    _ = try Superuser.rows("SELECT breath.erase_account(\(first.accountID))")
    return (first, second)
  }

  /// By every table that has a column of that name.
  private func rowsLeft(of device: Device) throws -> Int64 {
    let tables = try Superuser.rows(
      """
      SELECT table_name::text AS name FROM information_schema.columns
      WHERE table_schema = 'breath' AND column_name = 'account_id'
      """)
    var left: Int64 = 0
    for row in tables {
      let name: String = try row["name"]
      let id = device.account
      left += try Superuser.count(
        """
        SELECT (xpath('/row/c/text()', query_to_xml(
          format('SELECT count(*) AS c FROM breath.%I WHERE account_id = %L', \(name), \(id)), false, true, '')
        ))[1]::text::bigint AS count
        """)
    }
    return left
  }

  @Test func `nothing of it is left in any table`() throws {
    let (first, _) = try erased()
    #expect(try rowsLeft(of: first) == 0)
  }

  @Test func `every call of its devices is answered 410 and stores nothing`() throws {
    let (first, second) = try erased()
    for device in [first, second] {
      let push = try Fleet.call(.sync, device.syncEvent(Practice.push([Practice.session("late")])))
      #expect(push.outcome == "410 account_gone")
      #expect(try Fleet.call(.sync, device.syncEvent([:])).outcome == "410 account_gone")
      #expect(try device.call(.stats, "GET", "/summary").outcome == "410 account_gone")
      #expect(try device.call(.auth, "POST", "/pairing").outcome == "410 account_gone")
      let again = try Fleet.call(.auth, Device.enrolment(id: device.id, secret: device.secret))
      #expect(again.outcome == "410 account_gone")
    }
    #expect(try rowsLeft(of: first) == 0)
  }

  @Test func `a refused late push does not touch another account`() throws {
    let other = try Device()
    let before = try other.state()
    let (first, _) = try erased()
    _ = try Fleet.call(.sync, first.syncEvent(Practice.push([Practice.session("late")])))
    #expect(try other.state() == before)
  }
}
