import Foundation
import FunctionRuntime
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

  @Test func `nothing of it is left in any table`() throws {
    let (first, _) = try erased()
    #expect(try first.rowsLeft() == 0)
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
    #expect(try first.rowsLeft() == 0)
  }

  @Test func `a refused late push does not touch another account`() throws {
    let other = try Device()
    let before = try other.state()
    let (first, _) = try erased()
    _ = try Fleet.call(.sync, first.syncEvent(Practice.push([Practice.session("late")])))
    #expect(try other.state() == before)
  }
}
