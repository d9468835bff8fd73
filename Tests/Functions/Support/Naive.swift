import StrictJSON

/// The same numbers by going through every session, again for each of them.
struct Naive {
  let counted: [Counted]
  let today: Day
  let weekStart: Int

  /// With or without what a machine ahead of the calendar has practised already.
  func upToToday() -> Naive { Naive(counted: counted.filter { $0.day <= today }, today: today, weekStart: weekStart) }

  var byDay: [Day: [Counted]] { Dictionary(grouping: counted, by: \.day) }

  /// As the views say a period: `[from, to]`, both included.
  func totals(_ from: Day, _ to: Day) -> JSON {
    let inside = counted.filter { from <= $0.day && $0.day <= to }
    let days = Set(inside.map(\.day)).count
    let activeMs = inside.reduce(0) { $0 + $1.activeMs }
    return [
      "from": .string(from.text), "to": .string(to.text), "days": JSON(from.distance(to: to) + 1),
      "practisedDays": JSON(days), "sessions": JSON(inside.count), "activeMs": .integer(activeMs),
      "cycles": .integer(inside.reduce(0) { $0 + $1.cycles }), "xp": .integer(inside.reduce(0) { $0 + $1.xp }),
      "mean": [
        "activeMs": .integer(activeMs / Int64(from.distance(to: to) + 1)),
        "activeMsPractised": .integer(days == 0 ? 0 : activeMs / Int64(days)),
      ],
      "best": best((from...to).map { $0 }, by: { self.activeMs($0) }).map { self.day($0) } ?? .null,
    ]
  }

  func day(_ day: Day) -> JSON {
    let inside = counted.filter { $0.day == day }
    return [
      "date": .string(day.text), "sessions": JSON(inside.count),
      "activeMs": .integer(inside.reduce(0) { $0 + $1.activeMs }),
      "cycles": .integer(inside.reduce(0) { $0 + $1.cycles }), "xp": .integer(inside.reduce(0) { $0 + $1.xp }),
    ]
  }

  func activeMs(_ day: Day) -> Int64 { (byDay[day] ?? []).reduce(0) { $0 + $1.activeMs } }
  func sessions(_ day: Day) -> Int64 { Int64(byDay[day]?.count ?? 0) }

  /// The first of those with the most, unless that is nothing.
  func best<Item>(_ items: [Item], by value: (Item) -> Int64) -> Item? {
    var best: (item: Item, value: Int64)?
    for item in items where value(item) > (best?.value ?? 0) { best = (item, value(item)) }
    return best?.item
  }

  // MARK: - The calendar

  func week(of day: Day) -> (Day, Day) {
    var first = day
    while first.weekday != weekStart { first = first.advanced(by: -1) }
    return (first, first.advanced(by: 6))
  }

  func month(of day: Day) -> (Day, Day) { around(day) { $0.month == day.month } }
  func year(of day: Day) -> (Day, Day) { around(day) { $0.year == day.year } }

  private func around(_ day: Day, _ isSame: (Day) -> Bool) -> (Day, Day) {
    var (first, last) = (day, day)
    while isSame(first.advanced(by: -1)) { first = first.advanced(by: -1) }
    while isSame(last.advanced(by: 1)) { last = last.advanced(by: 1) }
    return (first, last)
  }

  /// What has passed of a period, with as much of the one before.
  func besides(_ period: (Day) -> (Day, Day)) -> JSON {
    let (first, _) = period(today)
    let before = period(first.advanced(by: -1))
    var json = totals(first, today).object ?? JSONObject()
    let passed = first.distance(to: today)
    json["before"] = totals(before.0, min(before.1, before.0.advanced(by: passed)))
    return .object(json)
  }

  // MARK: - Streak

  /// Days in a row before the account began, by rules version 1; from then on with freezes.
  struct Run { var days = 0, longest = 0, held = 0, total = 0, used: [Day] = [] }

  func streak(freezesFrom: Day) -> (run: Run, reasons: [Day: String]) {
    var run = Run()
    var reasons: [Day: String] = [:]
    let practised = Set(counted.map(\.day))
    for day in min(today, practised.min() ?? today)...max(today, practised.max() ?? today) {
      if practised.contains(day) {
        run.days += 1
        if day >= freezesFrom {
          run.total += 1
          if run.total % 7 == 0 { run.held = min(2, run.held + 1) }
        }
        reasons[day] = "practised"
      } else if day == today {
        reasons[day] = "today_open"
      } else if run.held > 0, run.days > 0 {
        run.held -= 1
        run.used.append(day)
        reasons[day] = "freeze"
      } else {
        run.days = 0
        reasons[day] = "quiet"
      }
      run.longest = max(run.longest, run.days)
    }
    return (run, reasons)
  }
}
