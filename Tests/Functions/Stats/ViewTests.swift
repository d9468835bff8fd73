import Foundation
import FunctionRuntime
import StrictJSON
import TestSupport
import Testing

/// Every number of every view against a recomputation from the sessions that were sent.
///
/// `BREATH_VIEW_HISTORIES=10000` plays so many histories instead of a few.
@Suite struct ViewTests {
  private static let histories = UInt64(ProcessInfo.processInfo.environment["BREATH_VIEW_HISTORIES"] ?? "") ?? 160
  private static let parts: UInt64 = 8

  @Test(arguments: 0..<parts)
  func `every view agrees with going through every session`(part: UInt64) throws {
    for seed in stride(from: part, to: ViewTests.histories, by: Int(ViewTests.parts)) {
      let history = try History(seed: seed)
      let summary = try history.device.stats("summary")
      let today = try Day(summary.text("asOf"))
      let everything = Naive(counted: history.counted, today: today, weekStart: history.weekStart)
      let naive = everything.upToToday()
      var differences = Differences()
      compareSummary(summary, naive, &differences)
      compareProgress(summary, everything, &differences)
      try compareDays(history.device, naive, &differences)
      try compareStreak(history.device, naive, everything, &differences)
      try compareHeatmap(history.device, naive, &differences)
      try compareTrend(history.device, naive, &differences)
      try compareRecords(history.device, everything, &differences)
      try compareGoals(history, naive, &differences)
      try compareSessions(history, naive, &differences)
      // Midnight may have passed somewhere between two answers: then there is nothing to compare.
      guard try history.device.stats("summary").text("asOf") == today.text else { continue }
      #expect(differences.found.isEmpty, "seed \(seed)")
    }
  }

  /// By name, so that a seed that fails says what is wrong and not all of a page.
  struct Differences {
    var found: [String] = []

    mutating func compare(_ name: String, _ given: JSON?, _ expected: JSON?) {
      if given != expected { found.append("\(name): \(given?.text ?? "nothing"), not \(expected?.text ?? "nothing")") }
    }
  }

  private func compareSummary(_ reply: Reply, _ naive: Naive, _ differences: inout Differences) {
    let today = naive.today
    var day = naive.totals(today, today).object ?? JSONObject()
    day["before"] = naive.totals(today.advanced(by: -1), today.advanced(by: -1))
    differences.compare("summary today", reply["today"], .object(day))
    differences.compare("week", reply["week"], naive.besides(naive.week))
    differences.compare("month", reply["month"], naive.besides(naive.month))
    differences.compare("year", reply["year"], naive.besides(naive.year))
    differences.compare("last 7", reply["last7Days"], naive.totals(today.advanced(by: -6), today))
    differences.compare("last 30", reply["last30Days"], naive.totals(today.advanced(by: -29), today))
    let first = naive.counted.map(\.day).min() ?? today
    differences.compare("all", reply["all"], naive.totals(first, today))
    differences.compare("weekStart", reply["weekStart"], JSON(naive.weekStart))
  }

  private func compareProgress(_ reply: Reply, _ naive: Naive, _ differences: inout Differences) {
    differences.compare("xp", reply["progress.totalXP"], .integer(naive.counted.reduce(0) { $0 + $1.xp }))
    differences.compare("sessions", reply["progress.sessions"], JSON(naive.counted.count))
    differences.compare("time", reply["progress.activeMs"], .integer(naive.counted.reduce(0) { $0 + $1.activeMs }))
    differences.compare("active days", reply["progress.activeDays"], JSON(naive.byDay.count))
  }

  private func compareDays(_ device: Device, _ naive: Naive, _ differences: inout Differences) throws {
    let all = try device.stats("days", query: "range=all")
    differences.compare("days", all["days"], .array(naive.byDay.keys.sorted().map(naive.day)))
    let usual = try device.stats("days")
    differences.compare("30 days", usual["totals"], naive.totals(naive.today.advanced(by: -29), naive.today))
    let (from, to) = (naive.today.advanced(by: -100), naive.today.advanced(by: -3))
    let asked = try device.stats("days", query: "from=\(from.text)&to=\(to.text)")
    differences.compare("from and to", asked["totals"], naive.totals(from, to))
    let week = try device.stats("days", query: "range=week")
    differences.compare("this week", week["totals"], naive.totals(naive.week(of: naive.today).0, naive.today))
  }

  private func compareStreak(
    _ device: Device, _ naive: Naive, _ everything: Naive, _ differences: inout Differences
  ) throws {
    let reply = try device.stats("streak")
    let began = Day(Int(Date.now.timeIntervalSince1970) / 86_400)
    let (run, reasons) = naive.streak(freezesFrom: began)
    differences.compare("streak", reply["streak.days"], JSON(run.days))
    differences.compare("longest", reply["streak.longest"], JSON(everything.streak(freezesFrom: began).run.longest))
    differences.compare("held", reply["freezes.held"], JSON(run.held))
    for item in try reply.items("days") {
      let day = try Day(item["date"]?.string ?? "")
      differences.compare("reason of \(day.text)", item["reason"], .string(reasons[day] ?? "quiet"))
    }
  }

  private func compareHeatmap(_ device: Device, _ naive: Naive, _ differences: inout Differences) throws {
    let reply = try device.stats("heatmap")
    let last = naive.week(of: naive.today).0
    let weeks = try reply.items("weeks")
    differences.compare("weeks", JSON(weeks.count), 53)
    for (index, week) in weeks.enumerated() {
      let first = last.advanced(by: 7 * (index - 52))
      let days = (0..<7).map { first.advanced(by: $0) }
      differences.compare("week", week["from"], .string(first.text))
      differences.compare(
        "time in \(first.text)", week["activeMs"],
        .array(days.map { $0 > naive.today ? .null : .integer(naive.activeMs($0)) }))
      differences.compare(
        "shades in \(first.text)", week["shade"],
        .array(days.map { $0 > naive.today ? .null : .integer(shade($0, naive)) }))
    }
  }

  private func shade(_ day: Day, _ naive: Naive) -> Int64 {
    let minutes = naive.activeMs(day) / 60_000
    if naive.sessions(day) == 0 { return 0 }
    return minutes >= 20 ? 4 : minutes >= 10 ? 3 : minutes >= 5 ? 2 : 1
  }

  private func compareTrend(_ device: Device, _ naive: Naive, _ differences: inout Differences) throws {
    for point in try device.stats("trend", query: "range=30d").items("points") {
      let day = try Day(point["date"]?.string ?? "")
      func mean(_ days: Int) -> JSON {
        .integer((0..<days).reduce(0) { $0 + naive.activeMs(day.advanced(by: -$1)) } / Int64(days))
      }
      differences.compare("mean of 7 on \(day.text)", point["mean7"], mean(7))
      differences.compare("mean of 28 on \(day.text)", point["mean28"], mean(28))
      differences.compare("trend on \(day.text)", point["activeMs"], .integer(naive.activeMs(day)))
    }
  }

  private func compareRecords(_ device: Device, _ naive: Naive, _ differences: inout Differences) throws {
    let reply = try device.stats("records")
    let days = naive.byDay.keys.sorted()
    func period(_ of: (Day) -> (Day, Day)) -> JSON {
      var periods: [(Day, Day)] = []
      for day in days where periods.last.map({ $0.1 < day }) ?? true { periods.append(of(day)) }
      let best = naive.best(periods) { dates in
        days.filter { dates.0 <= $0 && $0 <= dates.1 }.reduce(0) { $0 + naive.activeMs($1) }
      }
      return best.map { naive.totals($0.0, $0.1) } ?? .null
    }
    differences.compare("first", reply["firstPractised"] ?? .null, days.first.map { .string($0.text) } ?? .null)
    differences.compare(
      "best day", reply["day.byTime"] ?? .null, naive.best(days, by: naive.activeMs).map(naive.day) ?? .null)
    differences.compare(
      "most sessions", reply["day.bySessions"] ?? .null, naive.best(days, by: naive.sessions).map(naive.day) ?? .null)
    differences.compare("best week", reply["week"] ?? .null, period(naive.week))
    differences.compare("best month", reply["month"] ?? .null, period(naive.month))
  }

  private func compareGoals(_ history: History, _ naive: Naive, _ differences: inout Differences) throws {
    let reply = try history.device.stats("goals")
    let first = naive.week(of: naive.today).0
    let week = (first...naive.today).map { $0 }
    func goal(_ kind: String, _ done: Int64) -> [JSON] {
      guard let target = history.plan[kind]?.integer else { return [] }
      return [
        ["kind": .string(kind), "target": .integer(target), "done": .integer(done), "reached": .bool(done >= target)]
      ]
    }
    differences.compare(
      "daily goal", reply["today"], .array(goal("dailyMinutes", naive.activeMs(naive.today) / 60_000)))
    differences.compare(
      "weekly goals", reply["week"],
      .array(
        goal("weeklyMinutes", week.reduce(0) { $0 + naive.activeMs($1) } / 60_000)
          + goal("weeklyDays", Int64(week.count { naive.sessions($0) > 0 }))))
  }

  private func compareSessions(_ history: History, _ naive: Naive, _ differences: inout Differences) throws {
    guard history.isShared else {
      for view in ["sessions", "hours"] {
        let reply = try history.device.call(.stats, "GET", "/\(view)")
        differences.compare("\(view) of day totals", .string(reply.outcome), "403 detail_is_days")
      }
      return
    }
    var listed: [JSON] = []
    var query = "limit=7"
    while true {
      let page = try history.device.stats("sessions", query: query)
      listed += try page.items("sessions")
      guard let next = page["next"]?.string else { break }
      query = "limit=7&after=\(next)"
    }
    func line(_ device: String, _ id: String, _ day: String, _ time: String, _ ms: Int64, _ xp: Int64) -> String {
      "\(device) \(id) \(day) \(time) \(ms) \(xp)"
    }
    let given = listed.map {
      line(
        $0["device"]?.string ?? "", $0["id"]?.string ?? "", $0["localDate"]?.string ?? "",
        $0["localTime"]?.string ?? "",
        $0["countedMs"]?.integer ?? -1, $0["xp"]?.integer ?? -1)
    }
    let expected = naive.counted.map { session in
      let (hour, minute) = (session.minute / 60, session.minute % 60)
      let time = "\(hour < 10 ? "0" : "")\(hour):\(minute < 10 ? "0" : "")\(minute)"
      return line(session.device, session.id, session.day.text, time, session.activeMs, session.xp)
    }
    differences.compare("sessions", .array(given.sorted().map(JSON.string)), .array(expected.sorted().map(JSON.string)))
    let hours = try history.device.stats("hours", query: "range=90d")
    let recent = naive.counted.filter { $0.day > naive.today.advanced(by: -90) }
    for hour in 0..<24 {
      let inside = recent.filter { $0.minute / 60 == hour }
      differences.compare("hour \(hour)", hours["hours.\(hour).sessions"], JSON(inside.count))
      differences.compare(
        "time at \(hour)", hours["hours.\(hour).activeMs"], .integer(inside.reduce(0) { $0 + $1.activeMs }))
    }
    for weekday in 1...7 {
      let count = recent.count { $0.day.weekday == weekday }
      differences.compare("weekday \(weekday)", hours["weekdays.\(weekday - 1).sessions"], JSON(count))
    }
  }
}
