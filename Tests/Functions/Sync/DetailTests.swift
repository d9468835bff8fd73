import Foundation
import FunctionRuntime
import Postgres
import StrictJSON
import Testing

/// The privacy tiers: sharing less removes what was shared, and no number changes.
@Suite struct DetailTests {
  private func choose(_ detail: String, _ device: Device) throws -> Reply {
    let reply = try device.call(
      .sync, "PUT", "/detail", headers: ["content-type": "application/json"], body: #"{"detail": "\#(detail)"}"#)
    try #require(reply.status == 200, "\(reply.line)")
    return reply
  }

  @Test(arguments: RecordedExport.all)
  func `going back to day totals removes all sessions and changes no number`(file: RecordedExport) throws {
    let device = try Device(timeZone: file.timeZone)
    let shared = try device.importFile(file.text, query: "detail=sessions")
    let coarse = try choose("days", device)
    #expect(coarse["removedSessions"] == .integer(file.sessions) && coarse["keptDays"] == .integer(file.activeDays))
    #expect(coarse["detail"] == "days" && coarse["progress"] == shared["progress"])
    let id = try device.accountID
    let left = try Superuser.count("SELECT count(*) AS count FROM breath.sessions WHERE account_id = \(id)")
    #expect(left == 0)
    let again = try choose("days", device)
    #expect(again["removedSessions"] == 0 && again["digest"] == coarse["digest"])
  }

  @Test(arguments: RecordedExport.all)
  func `sharing sessions again after going back counts nothing twice`(file: RecordedExport) throws {
    let device = try Device(timeZone: file.timeZone)
    _ = try device.importFile(file.text, query: "detail=sessions")
    _ = try choose("days", device)
    let again = try device.importFile(file.text, query: "detail=sessions")
    #expect(again["accepted.stored"] == .integer(file.sessions))
    file.expectTotals(again)
  }

  @Test func `ids of deleted sessions are forgotten with the rest, and still hold`() throws {
    let device = try Device()
    _ = try device.sync(Practice.push([Practice.session("x")]))
    _ = try device.sync(["push": ["deletions": [["session": "x"]]]])
    _ = try choose("days", device)
    let id = try device.accountID
    #expect(
      try Superuser.count(
        "SELECT count(*) AS count FROM breath.tombstones WHERE account_id = \(id) AND session_id IS NOT NULL") == 0)
    #expect(try device.paired().sync([:])["changes.deletions"] == [])
    let late = try device.sync(Practice.push([Practice.session("x")]))
    #expect(late["verdicts.0.status"] == "tombstoned")
  }

  @Test func `each change of tier is recorded with the device`() throws {
    let device = try Device(shares: false)
    for detail in ["sessions", "days", "days", "sessions"] { _ = try choose(detail, device) }
    let id = try device.accountID
    let text = try Superuser.text(
      """
      SELECT string_agg(choice || ' ' || (device_id = \(UUID(uuidString: device.id)))::text, ',' ORDER BY recorded_at)
        AS value
      FROM breath.consents WHERE account_id = \(id) AND subject = 'detail'
      """)
    #expect(text == "sessions true,days true,sessions true")
  }

  @Test(arguments: ["{}", #"{"detail": "all"}"#, "[]"]) func `what is no tier is refused`(body: String) throws {
    let device = try Device()
    let reply = try device.call(
      .sync, "PUT", "/detail", headers: ["content-type": "application/json"], body: body)
    #expect(reply.outcome == "422 invalid_content")
  }
}
