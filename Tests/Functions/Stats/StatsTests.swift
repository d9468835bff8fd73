import Foundation
import FunctionRuntime
import StrictJSON
import TestSupport
import Testing

/// Views against a recomputation that goes through every session.
@Suite struct StatsTests {
  /// A session of a seeded history, with what the rules make of it.
  private struct Practised {
    let json: JSON
    let date: String
    let countedMs, cycles, xp: Int64
  }

  /// Zones with a shift of their own: 45 minutes, a day that was left out, summer time given up, and one backwards.
  private static let zones = [
    ("Asia/Kathmandu", "2024-03-01"), ("Pacific/Apia", "2011-12-20"), ("America/Sao_Paulo", "2018-10-20"),
    ("Africa/Casablanca", "2024-03-05"), ("America/Sao_Paulo", "2019-02-10"), ("Australia/Lord_Howe", "2024-03-30"),
  ]

  private static func history(_ seed: UInt64, zone: String, from: String, count: Int) throws -> [Practised] {
    var random = Seeded(seed)
    let start = try #require(try? Date("\(from)T00:00:00Z", strategy: .iso8601))
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = try #require(TimeZone(identifier: zone))
    return (0..<count).map { index in
      // Whole milliseconds, and often right beside a local midnight.
      var ms = random.number(0...(20 * 86_400_000))
      if random.number(0...2) == 0 { ms = ms / 900_000 * 900_000 + random.number(-1...1) }
      let begun = start.addingTimeInterval(Double(ms) / 1000)
      let elapsed = random.pick([-60_000, 0, 60_000, 600_000, 5_400_000] as [Int64])
      let active = random.pick([0, 60_000, 600_000, 7_200_000] as [Int64])
      let (cycles, bonus) = (random.number(-2...40), random.number(-1...9))
      // The goal is five minutes, so an hour is the most that counts (docs/design/practice.md, "Sessions").
      let counted = elapsed < 0 ? 0 : max(0, min(active, elapsed, 3_600_000))
      let parts = calendar.dateComponents([.year, .month, .day], from: begun)
      func padded(_ number: Int?) -> String { (number ?? 0) < 10 ? "0\(number ?? 0)" : "\(number ?? 0)" }
      return Practised(
        json: Practice.session(
          "s\(index)", at: Practice.stamp(begun), to: Practice.stamp(begun.addingTimeInterval(Double(elapsed) / 1000)),
          activeMs: active, cycles: cycles, bonusXP: bonus),
        date: "\(parts.year ?? 0)-\(padded(parts.month))-\(padded(parts.day))",
        countedMs: counted, cycles: max(0, cycles), xp: max(0, cycles) + max(0, bonus))
    }
  }

  @Test(arguments: 0..<6 as Range<UInt64>)
  func `days, summary and streak agree with a naive recomputation`(seed: UInt64) throws {
    let (zone, from) = StatsTests.zones[Int(seed) % StatsTests.zones.count]
    let history = try StatsTests.history(seed, zone: zone, from: from, count: 240)
    let device = try Device(timeZone: zone)
    var random = Seeded(seed)
    for part in history.shuffled(using: &random).chunks(of: 37) {
      #expect(try device.sync(Practice.push(.array(part.map(\.json))))["accepted.stored"] == JSON(part.count))
    }

    let byDate = Dictionary(grouping: history, by: \.date)
    let days =
      try device.stats("days", query: "from=2011-01-01&to=2012-12-31").items("days")
      + device.stats("days", query: "from=2018-01-01&to=2024-12-31").items("days")
    let expected = byDate.keys.sorted().map { date -> JSON in
      let sessions = byDate[date] ?? []
      return [
        "date": .string(date), "sessions": JSON(sessions.count),
        "activeMs": .integer(sessions.reduce(0) { $0 + $1.countedMs }),
        "cycles": .integer(sessions.reduce(0) { $0 + $1.cycles }), "xp": .integer(sessions.reduce(0) { $0 + $1.xp }),
      ]
    }
    #expect(days == expected)

    let summary = try device.stats("summary")
    #expect(summary["progress.sessions"] == JSON(history.count))
    #expect(summary["progress.totalXP"] == .integer(history.reduce(0) { $0 + $1.xp }))
    #expect(summary["progress.activeMs"] == .integer(history.reduce(0) { $0 + $1.countedMs }))
    #expect(summary["cycles"] == .integer(history.reduce(0) { $0 + $1.cycles }))
    #expect(summary["progress.activeDays"] == JSON(byDate.count))
    #expect(summary["last30Days.sessions"] == 0 && summary["progress.streak.days"] == 0)
    let runs = try StatsTests.runs(of: byDate.keys.sorted())
    #expect(summary["progress.streak.longest"] == JSON(runs.max()))
    let streak = try device.stats("streak")
    #expect(streak["activeDays"] == JSON(byDate.count) && streak["streak.longest"] == JSON(runs.max()))
    #expect(
      try streak.items("longestRuns").map { $0["days"]?.integer } == runs.sorted(by: >).prefix(3).map { Int64($0) })
  }

  /// Lengths of the runs of consecutive dates.
  private static func runs(of dates: [String]) throws -> [Int] {
    var lengths: [Int] = []
    var last: Date?
    for text in dates {
      let date = try Date("\(text)T00:00:00Z", strategy: .iso8601)
      if let last, date.timeIntervalSince(last) == 86_400 { lengths[lengths.count - 1] += 1 } else { lengths.append(1) }
      last = date
    }
    return lengths
  }

  @Test func `a streak of the last days is counted up to today, and each day says why`() throws {
    let device = try Device()
    let now = Date()
    let ago = [0, 1, 2, 4, 5]  // in UTC, the device's zone
    let sessions = ago.map { days -> JSON in
      let start = now.addingTimeInterval(Double(-days) * 86_400)
      return Practice.session("\(days)", at: Practice.stamp(start), to: Practice.stamp(start.addingTimeInterval(300)))
    }
    _ = try device.sync(Practice.push(.array(sessions)))
    let reply = try device.stats("streak")
    guard reply["asOf"]?.string == String(Practice.stamp(now).prefix(10)) else { return }  // midnight passed meanwhile
    #expect(reply["streak.days"] == 3 && reply["streak.longest"] == 3 && reply["streak.today"] == "practised")
    #expect(reply["current.days"] == 3 && reply["rulesVersion"] == 2)
    let reasons = try reply.items("days").prefix(7).map { $0["reason"]?.string }
    #expect(reasons == ["practised", "practised", "practised", "quiet", "practised", "practised", "quiet"])
    let week = try device.stats("summary")
    #expect(week["last7Days.practisedDays"] == 5 && week["last7Days.days"] == 7 && week["today.sessions"] == 1)
  }

  @Test(arguments: [
    "summary", "days", "streak", "heatmap", "hours", "sessions", "goals", "levels", "records", "trend",
    "challenges/today", "export.csv", "export.json", "wakatime/users/current/statusbar/today",
    "wakatime/users/current/status_bar/today",
    "wakatime/users/current/stats/all_time", "wakatime/users/current/all_time_since_today",
  ])
  func `the same view is 304 by its tag until a push changes something`(view: String) throws {
    let device = try Device()
    _ = try device.sync(Practice.push(Practice.sessions(["a"])))
    let first = try device.stats(view)
    let tag = try #require(first.header("etag"))
    #expect(
      first.header("cache-control") == "private, no-cache" && first.header("vary")?.contains("Authorization") == true)
    for header in [tag, "\"x\", \(tag)", String(tag.dropFirst(2)), "*"] {
      let reply = try device.call(.stats, "GET", "/\(view)", headers: ["if-none-match": header])
      #expect(reply.status == 304 && reply.json["body"] == nil && reply.header("etag") == tag, "\(header)")
    }
    #expect(try device.call(.stats, "GET", "/\(view)", headers: ["if-none-match": "\"x\""]).status == 200)

    _ = try device.sync(Practice.push(Practice.sessions(["a"])))
    #expect(try device.stats(view).header("etag") == tag, "a duplicate changes nothing")
    _ = try device.sync(Practice.push(Practice.sessions(["a", "b"])))
    let changed = try device.call(.stats, "GET", "/\(view)", headers: ["if-none-match": tag])
    #expect(changed.status == 200 && changed.header("etag") != tag)
  }

  @Test func `another question, another view and another account have other tags`() throws {
    let (device, stranger) = (try Device(), try Device())
    let tags = try [
      device.stats("summary"), device.stats("streak"), device.stats("days"),
      device.stats("days", query: "from=2025-01-01"), device.stats("days", query: "to=2025-01-01"),
    ].map { $0.header("etag") }
    #expect(Set(tags).count == tags.count)
    let summary = try stranger.stats("summary")
    #expect(summary["progress.sessions"] == 0)
  }

  @Test func `two accounts with as many changes do not share a tag`() throws {
    let tags = try (0..<2).map { _ in try Device().stats("summary").header("etag") }
    #expect(tags[0] != tags[1], "a browser that two people use must not mix them up")
  }

  @Test func `nobody sees another account's practice`() throws {
    let (device, stranger) = (try Device(), try Device())
    _ = try device.sync(Practice.push(Practice.sessions(["a", "b"])))
    #expect(try stranger.sync([:]).items("changes.sessions").isEmpty)
    #expect(try stranger.call(.sync, "GET", "/export").items("records.sessions").isEmpty)
    #expect(try stranger.stats("days", query: "from=2025-01-01&to=2025-12-31").items("days").isEmpty)
    #expect(try stranger.stats("summary")["progress.totalXP"] == 0)
  }
}

extension Array {
  fileprivate func chunks(of size: Int) -> [ArraySlice<Element>] {
    stride(from: 0, to: count, by: size).map { self[$0..<Swift.min($0 + size, count)] }
  }
}
