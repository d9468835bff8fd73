package import BreathDomain
import Practice
import StrictJSON

/// `/streak`: the number, and for each recent day why it is part of it or not.
package struct ExplainedStreak {
  let today: LocalDate
  let streak: Streak
  /// The longest that a device told of.
  let reported: Int64
  let activeDays: Int
  /// Of the last seven days.
  let practisedDays: Int
  /// As they are chosen today.
  let restDays: Weekdays
  /// Today first.
  let days: [(date: LocalDate, reason: Streak.Reason)]

  /// The current run is explained whole up to this; otherwise as many days back from today.
  private static let daysExplainedMax = 366, daysExplainedMin = 30

  static var reading: Reading<ExplainedStreak> { Reading("streak", value: ExplainedStreak.init) }

  private init(_ progress: Progress) {
    let (today, streak) = (progress.today, progress.streak)
    (self.today, self.streak, reported) = (today, streak, progress.reportedLongestStreak)
    activeDays = progress.dates.count
    practisedDays = (0..<7).count { progress.dates.contains(today.adding(days: -$0)) }
    restDays = progress.plans.plan(on: today).restDays
    let begin = streak.current?.dates.lowerBound ?? today
    let length = min(
      ExplainedStreak.daysExplainedMax, max(ExplainedStreak.daysExplainedMin, today.days(since: begin) + 2))
    days = (0..<length).map { today.adding(days: -$0) }.map { ($0, streak.reason(for: $0)) }
  }
}

extension Streak {
  /// The latest first of equals.
  func longestRuns(_ count: Int) -> [Run] {
    Array(runs.sorted { ($0.days, $0.dates.lowerBound) > ($1.days, $1.dates.lowerBound) }.prefix(count))
  }
}

extension JSON {
  package init(_ explained: ExplainedStreak) {
    let streak = explained.streak
    self = [
      "streak": JSON(streak, reported: explained.reported), "activeDays": JSON(explained.activeDays),
      "rulesVersion": JSON(Streak.rulesVersion), "asOf": JSON(explained.today),
      "current": streak.current.map { JSON($0) } ?? .null,
      "longestRuns": .array(streak.longestRuns(3).map { JSON($0) }),
      "last7Days": ["practisedDays": JSON(explained.practisedDays), "days": 7],
      "restDays": .array(explained.restDays.numbers.map { JSON($0) }), "freezes": JSON(streak.freezes),
      "days": .array(explained.days.map { ["date": JSON($0.date), "reason": .string($0.reason.rawValue)] }),
    ]
  }

  package init(_ run: Streak.Run) {
    self = [
      "from": JSON(run.dates.lowerBound), "to": JSON(run.dates.upperBound), "days": JSON(run.days),
    ]
  }

  fileprivate init(_ freezes: Streak.Freezes) {
    self = [
      "held": JSON(freezes.held), "atMost": JSON(Streak.freezesMax), "earned": JSON(freezes.earned),
      "practisedSince": JSON(freezes.practisedSince), "earnedEvery": JSON(Streak.freezeEvery),
      "used": .array(freezes.used.map { JSON($0) }),
    ]
  }
}
