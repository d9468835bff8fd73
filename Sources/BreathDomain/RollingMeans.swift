/// Practice smoothed: for each day the mean of it and the days before it.
package enum RollingMeans {
  package struct Point: Sendable, Equatable {
    package let date: LocalDate
    package let activeMs: Int64
    /// Rounded down, over exactly so many days, those without practice included.
    package let mean7, mean28: Int64
  }

  /// - Parameter history: reaches back 27 days before `dates`.
  package static func points(_ dates: ClosedRange<LocalDate>, of history: DayHistory) -> [Point] {
    let first = dates.lowerBound.adding(days: -27)
    var active = [Int64](repeating: 0, count: (first...dates.upperBound).dayCount)
    for day in history[first...dates.upperBound] { active[day.date.days(since: first)] = day.activeMs }
    var (sum7, sum28): (Int64, Int64) = (active[20..<27].reduce(0, +), active[0..<27].reduce(0, +))
    return (27..<active.count).map { place in
      sum7 += active[place] - active[place - 7]
      sum28 += active[place]
      defer { sum28 -= active[place - 27] }
      return Point(date: first.adding(days: place), activeMs: active[place], mean7: sum7 / 7, mean28: sum28 / 28)
    }
  }
}
