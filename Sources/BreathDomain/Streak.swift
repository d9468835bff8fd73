/// Days with practice in a row, computed from dates alone: what a client reports is inflated (docs/design/practice.md,
/// "Streaks") and only ever shown as "reported".
///
/// Rules, version 1: a day with practice adds one; a day without ends it; while today is still open it ends nothing.
/// Version 2 adds rest days, from the day they were chosen, and freezes, from the day an account began
/// (`PlanHistory.freezesFrom`): what was practised before is judged as it was then. A chosen rest day without practice
/// neither adds nor ends. Every seventh day with practice, in a row or not, earns a freeze, of which two can be held;
/// another day without practice uses one by itself and the streak goes on, without growing. Late data are as good as
/// early: everything is computed anew from all dates.
package struct Streak: Sendable, Equatable {
  /// Advances when a rule changes, so that an answer names the rules it followed.
  package static let rulesVersion = 2
  package static let freezeEvery = 7, freezesMax = 2

  package enum Today: String, Sendable {
    case practised, open
    case rest = "rest_day"
  }

  /// From its first day with practice to its last.
  package struct Run: Sendable, Equatable {
    package let dates: ClosedRange<LocalDate>
    /// With practice: rest days and freezes between do not count.
    package let days: Int
  }

  /// Up to today, or up to the last day with practice while nothing has ended it.
  package let days: Int
  package let longest: Int
  package let today: Today
  /// The run that `days` counts, up to today.
  package let current: Run?
  /// All of them in order, those included that a device ahead of the calendar has begun.
  package let runs: [Run]
  package let freezes: Freezes

  package struct Freezes: Sendable, Equatable {
    package internal(set) var held = 0
    package internal(set) var earned = 0
    /// The days that used one, in order.
    package internal(set) var used: [LocalDate] = []
    /// Days with practice since the last was earned.
    package internal(set) var practisedSince = 0
  }

  private let dates: PracticeDates
  private let plans: PlanHistory
  private let asOf: LocalDate

  package init(_ dates: PracticeDates, plans: PlanHistory = PlanHistory(), today: LocalDate) {
    var walk = Walk(plans: plans, today: today)
    walk.go(along: dates)
    (self.dates, self.plans, asOf) = (dates, plans, today)
    (current, runs, freezes) = (walk.current, walk.runs, walk.freezesToday)
    days = current?.days ?? 0
    longest = runs.map(\.days).max() ?? 0
    self.today =
      dates.contains(today) ? .practised : plans.plan(on: today).restDays.contains(today) ? .rest : .open
  }

  /// Why a day is part of the streak or not. Says what is, never what was lost.
  package enum Reason: String, Sendable {
    case practised
    case rest = "rest_day"
    case freeze
    case open = "today_open"
    case quiet
  }

  package func reason(for date: LocalDate) -> Reason {
    if dates.contains(date) { return .practised }
    if plans.plan(on: date).restDays.contains(date) { return .rest }
    if date == asOf { return .open }
    return freezes.used.contains(date) ? .freeze : .quiet
  }
}

/// One way along the calendar, from the first day with practice to today and on to the last.
private struct Walk {
  let plans: PlanHistory
  let today: LocalDate
  private(set) var runs: [Streak.Run] = []
  private(set) var current: Streak.Run?
  private(set) var freezesToday = Streak.Freezes()
  private var freezes = Streak.Freezes()
  private var run: Streak.Run?
  private var isPastToday = false

  init(plans: PlanHistory, today: LocalDate) { (self.plans, self.today) = (plans, today) }

  mutating func go(along dates: PracticeDates) {
    for dates in dates.runs {
      if let last = run?.dates.upperBound { rest(from: last.adding(days: 1), to: dates.lowerBound.adding(days: -1)) }
      for day in dates.lowerBound.daysSince1970...dates.upperBound.daysSince1970 {
        practise(LocalDate(daysSince1970: day))
      }
    }
    if let last = run?.dates.upperBound, last < today { rest(from: last.adding(days: 1), to: today.adding(days: -1)) }
    if let run { runs.append(run) }
    if !isPastToday { look() }
  }

  private mutating func practise(_ date: LocalDate) {
    if date > today { look() }
    run = Streak.Run(dates: (run?.dates.lowerBound ?? date)...date, days: (run?.days ?? 0) + 1)
    guard let begin = plans.freezesFrom, date >= begin else { return }
    freezes.practisedSince += 1
    guard freezes.practisedSince == Streak.freezeEvery else { return }
    freezes.practisedSince = 0
    freezes.earned += 1
    freezes.held = min(freezes.held + 1, Streak.freezesMax)
  }

  /// Days without practice after a run, until they end it: at most a few, for freezes are few and rest days not all.
  private mutating func rest(from: LocalDate, to: LocalDate) {
    var date = from
    while date <= to, let ended = run {
      if date >= today { look() }
      if date != today, !plans.plan(on: date).restDays.contains(date) {
        if freezes.held > 0 {
          freezes.held -= 1
          freezes.used.append(date)
        } else {
          runs.append(ended)
          run = nil
        }
      }
      date = date.adding(days: 1)
    }
  }

  /// Where things stand today, before anything that comes after it.
  private mutating func look() {
    guard !isPastToday else { return }
    isPastToday = true
    (current, freezesToday) = (run, freezes)
  }
}
