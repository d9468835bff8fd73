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

  package func contains(_ date: LocalDate) -> Bool {
    var (low, high) = (0, runs.count)
    while low < high {
      let middle = (low + high) / 2
      if runs[middle].upperBound < date { low = middle + 1 } else { high = middle }
    }
    return low < runs.count && runs[low].contains(date)
  }
}

extension ClosedRange<LocalDate> {
  package var dayCount: Int { upperBound.days(since: lowerBound) + 1 }
}
