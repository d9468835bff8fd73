import Foundation
import FunctionRuntime
import Postgres
import StrictJSON
import TestSupport
import Testing

/// Dates and times far away: what is given away is taken back, and no clock blocks a push.
@Suite struct CalendarEndTests {
  private func session(_ id: String, at start: String) -> JSON {
    Practice.session(id, at: start, to: start.replacing(":00:00", with: ":05:00"))
  }

  @Test(arguments: [
    ("America/Costa_Rica", "1930-01-01T00:00:00.000Z", "1929-12-31"),
    ("Asia/Tokyo", "1930-12-31T23:00:00.000Z", "1931-01-01"),
    ("Pacific/Kiritimati", "2099-12-31T20:00:00.000Z", "2100-01-01"),
    ("America/Costa_Rica", "2100-01-01T03:00:00.000Z", "2099-12-31"),
  ])
  func `a date that is given away is taken back, in every field`(zone: String, start: String, date: String) throws {
    let device = try Device(timeZone: zone)
    let other = try device.paired()
    _ = try device.sync(Practice.push([session("s1", at: start)]))
    let pulled = try other.sync([:])
    #expect(pulled["changes.sessions.0.localDate"] == .string(date))
    #expect(pulled["changes.days.0.date"] == .string(date))
    let month = String(date.prefix(7))
    #expect(try other.call(.sync, "GET", "/digest")["devices.0.months.0.month"] == .string(month))
    let days = try other.call(.sync, "GET", "/digest", query: "month=\(month)")
    #expect(days["devices.0.days.0.date"] == .string(date))
    for view in ["summary", "days", "streak", "records", "heatmap", "goals"] { _ = try other.stats(view) }
    #expect(try other.stats("days", query: "from=\(date)&to=\(date)").items("days").count == 1)
    let exported = try other.call(.sync, "GET", "/export")
    #expect(exported["records.days.0.date"] == .string(date))

    // As after a restore: the whole record on another account, with what the server said of it.
    let again = try Device()
    var item = try #require(pulled["changes.sessions.0"]?.object)
    item["device"] = .string(again.id)
    let reply = try again.sync(Practice.push([.object(item)]))
    #expect(reply["accepted.stored"] == 1 && reply["accepted.rejected"] == 0)
    #expect(try again.sync(["own": true])["changes.sessions.0.localDate"] == .string(date))
  }

  /// Go and .NET send the first for "no time".
  @Test(
    arguments: ["0001-01-01T00:00:00.000Z", "9999-12-31T20:00:00.000Z"], ["America/Costa_Rica", "Pacific/Kiritimati"])
  func `a session that no calendar of ours has is judged, and the rest is stored`(start: String, zone: String) throws {
    let device = try Device(timeZone: zone)
    let far = session("far", at: start)
    let reply = try device.sync(Practice.push([far, Practice.session("near")]))
    #expect(reply["accepted.stored"] == 1 && reply["verdicts.0.code"] == "out_of_range")
    let file: JSON = ["breathMaster": ["meditation": ["sessions": [far, Practice.session("near")]]]]
    for detail in ["sessions", "days"] {
      let imported = try device.importFile(file.text, query: "detail=\(detail)")
      #expect(imported["verdicts.0.code"] == "out_of_range", "\(imported.line)")
    }
    let pulled = try device.sync(["own": true])
    let date = zone.hasPrefix("Pacific") ? "2025-08-28" : "2025-08-27"
    #expect(try pulled.items("changes.days").map { $0["date"]?.string } == [date])
  }

  @Test(arguments: [
    "9999-12-31T23:59:59.999Z", "8765-01-01T00:00:00.000Z", "6000-01-01T00:00:00.000Z", "0001-01-01T00:00:00.000Z",
    "1970-01-01T00:00:00.000Z",
  ])
  func `a clock far off blocks no push, and gives no time that cannot be read`(clock: String) throws {
    let device = try Device()
    let other = try device.paired()
    for (number, changedAt) in [
      "2026-11-28T00:00:00.000Z", "0001-01-01T00:00:00.000Z", "9999-12-31T23:59:59.999Z", clock,
    ].enumerated() {
      let reply = try device.sync(
        Practice.push(
          [Practice.session("s\(number)")],
          [
            "device": ["clock": .string(clock)],
            "push": [
              "sessions": [Practice.session("s\(number)")],
              "settings": [
                [
                  "module": "breathing", "key": .string("pattern\(number)"), "value": "chill",
                  "changedAt": .string(changedAt),
                ]
              ],
            ],
          ]))
      #expect(reply["accepted.rejected"] == 0, "\(reply.line)")
    }
    let pulled = try other.sync([:])
    let times = try pulled.items("changes.settings").compactMap { $0["changedAt"]?.string }
    #expect(times.count == 4)
    let limit = Practice.stamp(Date(timeIntervalSinceNow: 600))
    for time in times { #expect(time >= "0001-01-01T00:00:00.000Z" && time <= limit && time.count == 24, "\(time)") }
    #expect(try pulled.items("changes.sessions").count == 4)
    let asked = try other.sync([
      "push": [
        "settings": .array(
          try pulled.items("changes.settings").map { setting in
            var members = setting.object ?? JSONObject()
            members["device"] = nil
            return .object(members)
          })
      ]
    ])
    #expect(try !asked.items("verdicts").contains { $0["status"] == "rejected" })
  }
}
