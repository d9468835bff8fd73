/// Day totals of a person over all devices, one a date, in order: what every view of practice is made of.
package struct DayHistory: Sendable {
  package let days: [DayTotal]

  /// - Parameter days: in the order of their dates, each date once.
  package init(_ days: [DayTotal]) { self.days = days }

  package subscript(date: LocalDate) -> DayTotal {
    let place = firstIndex(from: date)
    guard place < days.count, days[place].date == date else { return DayTotal(date: date) }
    return days[place]
  }

  package subscript(dates: ClosedRange<LocalDate>) -> ArraySlice<DayTotal> {
    days[firstIndex(from: dates.lowerBound)..<firstIndex(from: dates.upperBound.adding(days: 1))]
  }

  package func totals(_ dates: ClosedRange<LocalDate>) -> PeriodTotals { PeriodTotals(self[dates], dates: dates) }

  private func firstIndex(from date: LocalDate) -> Int {
    var (low, high) = (0, days.count)
    while low < high {
      let middle = (low + high) / 2
      if days[middle].date < date { low = middle + 1 } else { high = middle }
    }
    return low
  }
}

/// What some days add up to.
package struct PeriodTotals: Sendable, Equatable {
  package let dates: ClosedRange<LocalDate>
  /// Days with at least one session.
  package private(set) var practisedDays = 0
  package private(set) var sessions: Int64 = 0, activeMs: Int64 = 0, cycles: Int64 = 0, xp: Int64 = 0
  /// The day with the most time; of equals the first.
  package private(set) var best: DayTotal?

  init(_ days: ArraySlice<DayTotal>, dates: ClosedRange<LocalDate>) {
    self.dates = dates
    for day in days {
      if day.sessions > 0 { practisedDays += 1 }
      sessions += day.sessions
      activeMs += day.activeMs
      cycles += day.cycles
      xp += day.xp
      if day.activeMs > (best?.activeMs ?? 0) { best = day }
    }
  }

  /// Over all days, those without practice included; rounded down.
  package var meanActiveMs: Int64 { activeMs / Int64(dates.dayCount) }
  /// Over the days with practice; 0 without any.
  package var meanActiveMsPractised: Int64 { practisedDays == 0 ? 0 : activeMs / Int64(practisedDays) }
}
