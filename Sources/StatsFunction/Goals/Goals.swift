import BreathDomain
import Practice
import StrictJSON

/// `/goals`: what the person means to practise, today and this week, and the days and weeks before, each by the plan
/// that held then.
package struct Goals {
  let asOf: LocalDate
  let plan: Plan
  let weekStart: Int
  /// Nil for who never chose.
  let since: LocalDate?
  let today: GoalProgress?
  let week: [GoalProgress]
  /// Today first; only those with a goal.
  let days: [(date: LocalDate, goal: GoalProgress)]
  /// This week first; each by the plan of its last day, or of today.
  let weeks: [(dates: ClosedRange<LocalDate>, goals: [GoalProgress])]

  private static let daysShown = 30, weeksShown = 12

  static var reading: Reading<Goals> {
    Reading("goals", .days(.back(7 * (weeksShown + 1))), value: Goals.init)
  }

  private init(_ progress: Progress, _ history: DayHistory) {
    let (today, plans) = (progress.today, progress.plans)
    asOf = today
    (plan, since, weekStart) = (plans.current, plans.plans.last?.from, progress.weekStart)
    let begun = Period.week.dates(around: today, weekStart: progress.weekStart).lowerBound
    self.today = plan.day(history[today])
    week = plan.week(history.totals(begun...today))
    days = (0..<Goals.daysShown).compactMap { back in
      let date = today.adding(days: -back)
      return plans.plan(on: date).day(history[date]).map { (date, $0) }
    }
    weeks = (0..<Goals.weeksShown).compactMap { back in
      let first = begun.adding(days: -7 * back)
      let dates = first...min(first.adding(days: 6), today)
      let goals = plans.plan(on: dates.upperBound).week(history.totals(dates))
      return goals.isEmpty ? nil : (dates, goals)
    }
  }
}

extension JSON {
  package init(_ goals: Goals) {
    self = [
      "asOf": JSON(goals.asOf), "plan": JSON(goals.plan, weekStart: goals.weekStart),
      "since": goals.since.map { JSON($0) } ?? .null, "today": JSON(goals.today.map { [$0] } ?? []),
      "week": JSON(goals.week),
      "history": [
        "days": .array(goals.days.map { ["date": JSON($0.date), "goals": JSON([$0.goal])] }),
        "weeks": .array(
          goals.weeks.map { week in
            [
              "from": JSON(week.dates.lowerBound), "to": JSON(week.dates.upperBound), "goals": JSON(week.goals),
            ]
          }),
      ],
    ]
  }

  private init(_ plan: Plan, weekStart: Int) {
    self = [
      "dailyMinutes": JSON(plan.dailyMinutes), "weeklyMinutes": JSON(plan.weeklyMinutes),
      "weeklyDays": JSON(plan.weeklyDays), "restDays": .array(plan.restDays.numbers.map { JSON($0) }),
      "weekStart": JSON(weekStart),
    ]
  }

  private init(_ goals: [GoalProgress]) {
    self = .array(
      goals.map { goal in
        [
          "kind": .string(goal.kind.rawValue), "target": JSON(goal.target), "done": .integer(goal.done),
          "reached": .bool(goal.isReached),
        ]
      })
  }
}
