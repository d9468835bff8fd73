import BreathDomain
import FunctionRuntime
import StrictJSON

/// `/goals`: what the person means to practise, today and this week, and the days and weeks before, each by the plan that
/// held then.
enum GoalsView {
  private static let daysShown = 30, weeksShown = 12

  static func view(_ query: Query) -> View {
    View("goals", days: .back(7 * (weeksShown + 1))) { progress, history, _ in
      let today = progress.today
      let plan = progress.plans.current
      let week = Period.week.dates(around: today, weekStart: progress.weekStart)
      let days = (0..<daysShown).compactMap { day(today.adding(days: -$0), progress, history) }
      let weeks = (0..<weeksShown).compactMap { self.week(week.lowerBound.adding(days: -7 * $0), progress, history) }
      return [
        "asOf": JSON(today), "plan": JSON(plan, weekStart: progress.weekStart),
        "since": progress.plans.plans.last.map { JSON($0.from) } ?? .null,
        "today": .array([plan.day(history[today])].compactMap(\.self).map { JSON($0) }),
        "week": .array(plan.week(history.totals(week.lowerBound...today)).map { JSON($0) }),
        "history": ["days": .array(days), "weeks": .array(weeks)],
      ]
    }
  }

  /// Nil without a goal for the day.
  private static func day(_ date: LocalDate, _ progress: Progress, _ history: DayHistory) -> JSON? {
    progress.plans.plan(on: date).day(history[date]).map { ["date": JSON(date), "goals": [JSON($0)]] }
  }

  /// By the plan of its last day, or of today.
  private static func week(_ first: LocalDate, _ progress: Progress, _ history: DayHistory) -> JSON? {
    let last = min(first.adding(days: 6), progress.today)
    let goals = progress.plans.plan(on: last).week(history.totals(first...last))
    guard !goals.isEmpty else { return .none }
    return .some(["from": JSON(first), "to": JSON(last), "goals": .array(goals.map { JSON($0) })])
  }
}

extension JSON {
  init(_ plan: Plan, weekStart: Int) {
    self = [
      "dailyMinutes": JSON(plan.dailyMinutes), "weeklyMinutes": JSON(plan.weeklyMinutes),
      "weeklyDays": JSON(plan.weeklyDays), "restDays": .array(plan.restDays.numbers.map { JSON($0) }),
      "weekStart": JSON(weekStart),
    ]
  }

  init(_ goal: GoalProgress) {
    self = [
      "kind": .string(goal.kind.rawValue), "target": JSON(goal.target), "done": .integer(goal.done),
      "reached": .bool(goal.isReached),
    ]
  }
}
