import Foundation
import FunctionRuntime
import StrictJSON
import TestSupport
import Testing

/// `/wakatime`: the same numbers in WakaTime's words, for widgets that were made for coding.
@Suite struct WakaTimeTests {
  private static let root = "wakatime/users/current/"

  private func get(_ device: Device, _ path: String, query: String = "") throws -> Reply {
    try device.stats(WakaTimeTests.root + path, query: query)
  }

  @Test(arguments: 0..<12 as Range<UInt64>)
  func `all numbers are those of the summary and the days`(seed: UInt64) throws {
    let history = try History(seed: seed)
    let device = history.device
    let summary = try device.stats("summary")
    let all = try get(device, "all_time_since_today")
    #expect(all["data.total_seconds"] == seconds(summary["all.activeMs"]))
    #expect(all["data.daily_average"] == seconds(summary["all.mean.activeMsPractised"]))
    #expect(all["data.range.start_date"] == summary["all.from"] && all["data.range.end_date"] == summary["all.to"])
    #expect(try get(device, "statusbar/today")["data.grand_total.total_seconds"] == seconds(summary["today.activeMs"]))
    for (range, member) in [("last_7_days", "last7Days"), ("last_30_days", "last30Days"), ("all_time", "all")] {
      let stats = try get(device, "stats/\(range)")
      #expect(stats["data.total_seconds"] == seconds(summary["\(member).activeMs"]), "\(range)")
      #expect(stats["data.daily_average"] == seconds(summary["\(member).mean.activeMsPractised"]))
      #expect(stats["data.days_minus_holidays"] == summary["\(member).practisedDays"])
      #expect(stats["data.days_including_holidays"] == summary["\(member).days"])
      #expect(stats["data.best_day.date"] == summary["\(member).best.date"])
      #expect(stats["data.best_day.total_seconds"] == seconds(summary["\(member).best.activeMs"]))
    }
    for (range, member) in [("This Week", "week"), ("This Month", "month"), ("last 7 days", "last7Days")] {
      let query = "range=\(range.replacing(" ", with: "%20"))"
      let summaries = try get(device, "summaries", query: query)
      #expect(summaries["cumulative_total.seconds"] == seconds(summary["\(member).activeMs"]), "\(range)")
      #expect(try summaries.items("data").first?.at("range.date") == summary["\(member).from"])
      #expect(summaries["daily_average.holidays"] == JSON(try holidays(summary, member)))
    }
    try compareDays(device, today: try Day(summary.text("asOf")))
    // Midnight may have passed somewhere meanwhile: then there was nothing to compare.
    try #require(device.stats("summary")["asOf"] == summary["asOf"])
  }

  private func holidays(_ summary: Reply, _ member: String) throws -> Int64 {
    try summary.integer("\(member).days") - summary.integer("\(member).practisedDays")
  }

  private func compareDays(_ device: Device, today: Day) throws {
    let (start, end) = (today.advanced(by: -300), today)
    let days = try device.stats("days", query: "from=\(start.text)&to=\(end.text)").items("days")
    let practised = Dictionary(uniqueKeysWithValues: days.map { ($0["date"]?.string ?? "", $0["activeMs"]) })
    let shown = try get(device, "summaries", query: "start=\(start.text)&end=\(end.text)").items("data")
    #expect(shown.compactMap { $0.at("range.date")?.string } == (start...end).map(\.text))
    for day in shown {
      let date = day.at("range.date")?.string ?? ""
      #expect(day.at("grand_total.total_seconds") == seconds(practised[date] ?? 0), "\(date)")
    }
  }

  private func seconds(_ ms: JSON?) -> JSON? { ms?.double.map { .double($0 / 1000) } }

  /// A day of 23 hours, one of 25, and a day that begins at four; as Foundation's calendar has them.
  @Test(arguments: [
    ("Europe/Berlin", "2025-03-29"), ("Europe/Berlin", "2025-10-25"), ("Australia/Lord_Howe", "2025-04-05"),
    ("Asia/Kathmandu", "2025-08-27"),
  ])
  func `a day begins and ends where the person is, at their day start`(zone: String, from: String) throws {
    let device = try Device(timeZone: zone)
    _ = try device.call(.auth, "PATCH", "/account", json: ["dayStart": "04:00"])
    let first = try Day(from)
    let last = first.advanced(by: 2)
    let reply = try get(device, "summaries", query: "start=\(first.text)&end=\(last.text)")
    let begins = try (first...last.advanced(by: 1)).map { try begin(of: $0, in: zone) }
    for (index, day) in try reply.items("data").enumerated() {
      #expect(day.at("range.start")?.string == Practice.stamp(begins[index]))
      #expect(day.at("range.end")?.string == lastMoment(before: begins[index + 1]))
      #expect(day.at("range.timezone")?.string == zone)
    }
    #expect(reply["start"]?.string == Practice.stamp(begins[0]))
    #expect(reply["end"]?.string == lastMoment(before: begins[3]))
  }

  /// The last millisecond before a whole second.
  private func last(before date: Date) -> String {
    Practice.stamp(date.addingTimeInterval(-1)).replacing(".000Z", with: ".999Z")
  }

  /// The last millisecond before a whole second.
  private func lastMoment(before date: Date) -> String {
    Practice.stamp(date.addingTimeInterval(-1)).replacing(".000Z", with: ".999Z")
  }

  private func begin(of day: Day, in zone: String) throws -> Date {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = try #require(TimeZone(identifier: zone))
    let parts = day.text.split(separator: "-").compactMap { Int($0) }
    return try #require(
      calendar.date(from: DateComponents(year: parts[0], month: parts[1], day: parts[2], hour: 4)))
  }

  @Test func `a change of the day start is seen in spite of the tag`() throws {
    let device = try Device()
    let path = "/\(WakaTimeTests.root)stats/last_7_days"
    let tag = try #require(try device.call(.stats, "GET", path).header("etag"))
    _ = try device.call(.auth, "PATCH", "/account", json: ["dayStart": "00:01"])
    #expect(try device.call(.stats, "GET", path, headers: ["if-none-match": tag]).status == 200)
  }

  @Test func `a status bar gets what it reads`() throws {
    let device = try Device()
    let now = Date.now
    let start = now.addingTimeInterval(-3_900)
    let session = Practice.session(
      "a", at: Practice.stamp(start), to: Practice.stamp(now), activeMs: 3_600_000)
    _ = try device.sync(Practice.push([session]))
    let today = try device.stats("summary")
    guard today["today.sessions"] == 1 else { return }  // it began yesterday
    let reply = try get(device, "statusbar/today")
    #expect(reply["data.grand_total.text"] == "1 hr 0 mins" && reply["data.grand_total.digital"] == "1:00")
    #expect(reply["data.grand_total.decimal"] == "1.00" && reply["data.grand_total.hours"] == 1)
    #expect(reply["data.categories.0.name"] == "Meditating" && reply["data.categories.0.percent"] == 100)
    #expect(reply["data.projects"] == [] && reply["data.languages"] == [] && reply["data.editors"] == [])
    #expect(reply["data.range.date"] == today["asOf"] && reply["has_team_features"] == false)
  }

  @Test func `time is said as WakaTime says it`() throws {
    let device = try Device()
    let spoken: [(Int64, String, String, String)] = [
      (40_999, "40 secs", "0:00", "0.01"), (61_000, "1 min", "0:01", "0.02"), (3_599_999, "59 mins", "0:59", "1.00"),
      (7_260_000, "2 hrs 1 min", "2:01", "2.02"),
    ]
    let days: JSON = .array(
      spoken.enumerated().map { index, item in
        [
          "date": .string("2025-08-0\(index + 1)"), "sessions": 1, "activeMs": .integer(item.0), "cycles": 0, "xp": 0,
        ]
      })
    _ = try device.sync(["push": ["days": days]])
    let shown = try get(device, "summaries", query: "start=2025-08-01&end=2025-08-05").items("data")
    for (index, (_, text, digital, decimal)) in spoken.enumerated() {
      #expect(shown[index].at("grand_total.text")?.string == text)
      #expect(shown[index].at("grand_total.digital")?.string == digital)
      #expect(shown[index].at("grand_total.decimal")?.string == decimal)
    }
    #expect(shown[4].at("grand_total.text") == "0 secs" && shown[4].at("categories") == [])
    #expect(try get(device, "stats/2025-08")["data.total_seconds"] == 10_961.998)
    #expect(try get(device, "stats/2025")["data.days_including_holidays"] == 365)
    #expect(try get(device, "stats/2024")["data.best_day"] == nil)
  }

  @Test func `nothing is shown, and nothing fails, before the first practice and at the ends of the calendar`() throws {
    let device = try Device()
    for path in [
      "statusbar/today", "all_time_since_today", "stats/all_time", "stats/0001", "stats/9999", "stats/9999-12",
    ] {
      #expect(try get(device, path).text(timezone(path)) == "UTC", "\(path)")
    }
    #expect(try get(device, "summaries", query: "start=0001-01-01&end=0001-12-31").items("data").count == 365)
    #expect(try get(device, "summaries", query: "range=Last%20Month").items("data").count >= 28)
  }

  private func timezone(_ path: String) -> String {
    path.hasPrefix("stats") ? "data.timezone" : "data.range.timezone"
  }

  @Test(arguments: ["", ":"]) func `a widget's key is taken as Basic here, and nowhere else`(ending: String) throws {
    let device = try Device()
    let key = try device.makeKey("stats:read").text("key")
    let header = ["authorization": "Basic \(Data((key + ending).utf8).base64EncodedString())"]
    let path = "/\(WakaTimeTests.root)all_time_since_today"
    #expect(try device.call(.stats, "GET", path, headers: header).status == 200)
    #expect(try device.call(.stats, "GET", path, headers: ["authorization": "Bearer \(key)"]).status == 200)
    for other in ["/summary", "/export.csv"] {
      #expect(try device.call(.stats, "GET", other, headers: header).outcome == "401 invalid_token", "\(other)")
    }
  }

  @Test func `what is no key of ours is no credential, and a key in the address is none at all`() throws {
    let device = try Device()
    let path = "/\(WakaTimeTests.root)statusbar/today"
    let key = try device.makeKey("stats:read").text("key")
    let sync = try device.makeKey("sync").text("key")
    func basic(_ text: String) throws -> String {
      let header = ["authorization": "Basic \(Data(text.utf8).base64EncodedString())"]
      return try device.call(.stats, "GET", path, headers: header).outcome
    }
    #expect(try basic(device.accessToken) == "401 invalid_token")
    #expect(try basic("\(key):password") == "401 invalid_key")
    #expect(try basic(":\(key)") == "401 invalid_token")
    #expect(try basic(String(key.dropLast()) + (key.hasSuffix("A") ? "B" : "A")) == "401 invalid_key")
    #expect(try basic(sync) == "403 scope_missing")
    #expect(
      try device.call(.stats, "GET", path, headers: ["authorization": "Basic \(key)"]).outcome == "401 invalid_token")
    let inAddress = Event("GET", path, query: "api_key=\(key)")
    #expect(try Fleet.call(.stats, inAddress).outcome == "401 unauthenticated")
  }

  @Test(arguments: [
    "summaries", "summaries?range=Next%20Week", "summaries?start=2025-08-01",
    "summaries?start=2025-08-02&end=2025-08-01",
    "summaries?start=2024-01-01&end=2025-01-02", "summaries?start=2025-8-1&end=2025-08-02",
    "summaries?range=&start=2025-08-01", "summaries?start=today&end=yesterday", "summaries?start=&end=",
    "summaries?start=tomorrow&end=today", "summaries?start=2024-01-01&end=today",
    "summaries?start=today&end=2025-08-01",
    "summaries?start=9999-01-01&end=yesterday", "summaries?start=yesterday&end=9999-12-31",
  ])
  func `days that cannot be shown are refused`(asked: String) throws {
    let parts = asked.split(separator: "?", maxSplits: 1).map(String.init)
    let reply = try Device().call(
      .stats, "GET", "/\(WakaTimeTests.root)\(parts[0])", query: parts.count > 1 ? parts[1] : "")
    #expect(reply.outcome == "400 invalid_query" && reply.header("content-type") == "application/problem+json")
  }

  @Test(arguments: ["last_8_days", "25", "2025-13", "today", "2025-08-01"])
  func `what is no range has no numbers`(range: String) throws {
    let reply = try Device().call(.stats, "GET", "/\(WakaTimeTests.root)stats/\(range)")
    #expect(reply.outcome == "404 not_found")
  }

  @Test func `a year of summaries is less than the platform passes on`() throws {
    let device = try Device(timeZone: "America/Argentina/ComodRivadavia")
    let first = try Day("2024-01-01")
    let days = (0..<366).map { day -> JSON in
      [
        "date": .string(first.advanced(by: day).text), "sessions": 1, "activeMs": 86_399_999, "cycles": 0, "xp": 0,
      ]
    }
    _ = try device.sync(["push": ["days": .array(days)]])
    let reply = try get(device, "summaries", query: "start=2024-01-01&end=2024-12-31")
    #expect(try reply.items("data").count == 366 && reply.line.utf8.count < 700_000)
  }
}
