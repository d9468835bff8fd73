import Postgres
import StrictJSON
import Testing

/// An account may have 200,000 sessions and days, and as many deletions. What goes beyond is named, the rest is stored.
@Suite struct AccountBoundTests {
  private func device(kept: Int64, tombstones: Int64 = 0) throws -> Device {
    let device = try Device()
    _ = try device.choose(detail: "sessions")
    _ = try Superuser.rows(
      "UPDATE breath.accounts SET kept = \(kept), tombstones = \(tombstones) WHERE account_id = \(device.accountID)")
    return device
  }

  private func day(_ date: String) -> JSON {
    ["date": .string(date), "sessions": 1, "activeMs": 60_000, "cycles": 1, "xp": 1]
  }

  @Test func `sessions beyond what an account may have are refused one by one, and the others stored`() throws {
    let device = try device(kept: 199_998)
    let reply = try device.sync(Practice.push(Practice.sessions(["a", "b", "c", "d"])))
    #expect(reply["accepted.stored"] == 2 && reply["accepted.rejected"] == 2)
    #expect(try reply.items("verdicts").map { $0["code"] } == ["account_full", "account_full"])
    #expect(try reply.items("verdicts").map { $0["id"] } == ["c", "d"])
    let again = try device.sync(Practice.push(Practice.sessions(["a", "b", "c"])))
    #expect(again["accepted.duplicate"] == 2 && again["accepted.rejected"] == 1, "what is there stays a duplicate")
    #expect(again["progress.sessions"] == 2)
  }

  @Test func `days beyond it are refused, and those that are there may still grow`() throws {
    let device = try device(kept: 199_999)
    let reply = try device.sync(["push": ["days": [day("2025-08-01"), day("2025-08-02")]]])
    #expect(reply["accepted.stored"] == 1 && reply["verdicts.0.code"] == "account_full")
    #expect(reply["verdicts.0.status"] == "rejected" && reply["verdicts.0.pointer"] == "/push/days/1")
    let grown: JSON = ["date": "2025-08-01", "sessions": 2, "activeMs": 90_000, "cycles": 2, "xp": 2]
    #expect(try device.sync(["push": ["days": [grown]]])["accepted.stored"] == 1)
  }

  @Test func `deleting makes room, until there are as many deletions`() throws {
    let device = try device(kept: 199_999)
    _ = try device.sync(Practice.push(Practice.sessions(["a"])))
    _ = try device.sync(["push": ["deletions": [["session": "a"]]]])
    #expect(try device.sync(Practice.push(Practice.sessions(["b"])))["accepted.stored"] == 1)

    let full = try self.device(kept: 1, tombstones: 199_999)
    _ = try full.sync(Practice.push(Practice.sessions(["kept"])))
    _ = try full.sync(["push": ["deletions": [["session": "never seen"]]]])
    let refused = try full.sync(["push": ["deletions": [["session": "nor this"], ["session": "kept"]]]])
    #expect(refused["accepted.stored"] == 1, "a session that is here can always be deleted")
    #expect(refused["verdicts.0.code"] == "account_full" && refused["verdicts.0.id"] == "nor this")
    #expect(try full.sync(Practice.push(Practice.sessions(["new"])))["verdicts.0.code"] == "account_full")
  }

  @Test func `a twin needs room like any session`() throws {
    let first = try device(kept: 199_998)
    let second = try first.paired()
    _ = try first.importShared()
    let reply = try second.importShared()
    #expect(reply["accepted.stored"] == 0 && reply["accepted.rejected"] == 2)
    // Nothing that is kept says that the other machine's counters tell of the same practice; its sessions do not count.
    #expect(reply["progress.sessions"] == 2 && reply["progress.activeMs"] == 900_000)
  }
}
