/// What a person means to practise, and when they rest. All of it is their own choice and may be nothing.
package struct Plan: Sendable, Equatable {
  package var dailyMinutes, weeklyMinutes, weeklyDays: Int?
  package var restDays: Weekdays

  package static let dailyMinutesRange = 1...1440, weeklyMinutesRange = 1...10_080, weeklyDaysRange = 1...7
  /// Whoever rests on all seven has no streak to speak of.
  package static let restDaysMax = 6

  package init(
    dailyMinutes: Int? = nil, weeklyMinutes: Int? = nil, weeklyDays: Int? = nil, restDays: Weekdays = .none
  ) {
    self.dailyMinutes = dailyMinutes
    self.weeklyMinutes = weeklyMinutes
    self.weeklyDays = weeklyDays
    self.restDays = restDays
  }

  /// The plan of somebody who never chose: the extension's own goal of ten minutes a day, and no rest days.
  package static let initial = Plan(dailyMinutes: 10)
}

/// The plans of a person in the order they began: each day is judged by the one that held on it.
package struct PlanHistory: Sendable, Equatable {
  package let plans: [(from: LocalDate, plan: Plan)]
  /// The first day of the streak rules' version 2: freezes are earned and used from here on. Nil: never.
  package let freezesFrom: LocalDate?

  /// - Parameter plans: in the order of their dates, each date once.
  package init(_ plans: [(from: LocalDate, plan: Plan)] = [], freezesFrom: LocalDate? = nil) {
    (self.plans, self.freezesFrom) = (plans, freezesFrom)
  }

  /// The newest, also where a machine ahead of the calendar made it for a day that is not here yet.
  package var current: Plan { plans.last?.plan ?? .initial }

  package func plan(on date: LocalDate) -> Plan { plans.last { $0.from <= date }?.plan ?? .initial }

  package static func == (a: PlanHistory, b: PlanHistory) -> Bool {
    a.freezesFrom == b.freezesFrom && a.plans.elementsEqual(b.plans) { $0 == $1 }
  }
}
