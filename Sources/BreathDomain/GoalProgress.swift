/// A goal and how far along it is. Never what is missing.
package struct GoalProgress: Sendable, Equatable {
  package enum Kind: String, Sendable { case dailyMinutes, weeklyMinutes, weeklyDays }

  package let kind: Kind
  package let target: Int
  /// Whole minutes, or days with practice.
  package let done: Int64

  package var isReached: Bool { done >= Int64(target) }
}

extension Plan {
  package func day(_ day: DayTotal) -> GoalProgress? {
    dailyMinutes.map { GoalProgress(kind: .dailyMinutes, target: $0, done: day.activeMs / 60_000) }
  }

  /// - Parameter week: the totals of a whole week, or of what has passed of it.
  package func week(_ week: PeriodTotals) -> [GoalProgress] {
    [
      weeklyMinutes.map { GoalProgress(kind: .weeklyMinutes, target: $0, done: week.activeMs / 60_000) },
      weeklyDays.map { GoalProgress(kind: .weeklyDays, target: $0, done: Int64(week.practisedDays)) },
    ].compactMap(\.self)
  }
}
