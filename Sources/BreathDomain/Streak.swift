/// The local dates on which a person practised, on any device, as runs of consecutive days in order.
package struct PracticeDates: Sendable, Equatable {
  package let runs: [ClosedRange<LocalDate>]

  /// - Parameter runs: ordered, not touching one another.
  package init(runs: [ClosedRange<LocalDate>]) { self.runs = runs }

  package init(_ dates: some Sequence<LocalDate>) {
    var runs: [ClosedRange<LocalDate>] = []
    for date in Set(dates).sorted() {
      if let last = runs.last, date.days(since: last.upperBound) == 1 {
        runs[runs.count - 1] = last.lowerBound...date
      } else {
        runs.append(date...date)
      }
    }
    self.runs = runs
  }

  package var count: Int { runs.reduce(0) { $0 + $1.dayCount } }

  package func contains(_ date: LocalDate) -> Bool { runs.contains { $0.contains(date) } }
}

extension ClosedRange<LocalDate> {
  package var dayCount: Int { upperBound.days(since: lowerBound) + 1 }
}

/// Consecutive days with practice, computed from dates alone: what a client reports is inflated (DOMAIN 2.4)
/// and only ever shown as "reported". Rules version 1: no rest days, no freezes.
package struct Streak: Sendable, Equatable {
  /// Advances when a rule changes, so that an answer names the rules it followed.
  package static let rulesVersion = 1

  package enum Today: String, Sendable { case practised, open }

  /// Days in a row up to today, or up to yesterday while today is still open.
  package let days: Int
  package let longest: Int
  package let today: Today
  /// The current run, if there is one.
  package let current: ClosedRange<LocalDate>?

  package init(_ dates: PracticeDates, today: LocalDate) {
    current = dates.runs.last { $0.lowerBound <= today && today.days(since: $0.upperBound) <= 1 }
    days = current.map { ($0.lowerBound...min($0.upperBound, today)).dayCount } ?? 0
    longest = dates.runs.map(\.dayCount).max() ?? 0
    self.today = dates.contains(today) ? .practised : .open
  }

  /// Why a day is part of the streak or not. Says what is, never what was lost.
  package enum Reason: String, Sendable {
    case practised
    case open = "today_open"
    case quiet
  }

  package static func reason(for date: LocalDate, in dates: PracticeDates, today: LocalDate) -> Reason {
    if dates.contains(date) { return .practised }
    return date == today ? .open : .quiet
  }
}
