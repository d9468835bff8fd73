import BreathDomain
import FunctionRuntime
import StrictJSON

/// `/streak`: the number, and for each recent day why it is part of it or not.
enum StreakView {
  /// The current run is explained whole up to this; otherwise as many days back from today.
  private static let daysExplainedMax = 366, daysExplainedMin = 30

  static func view(_ query: Query) -> View {
    View("streak", days: .none) { progress, _, _ in json(progress) }
  }

  private static func json(_ progress: Progress) -> JSON {
    let streak = progress.streak
    let begin = streak.current?.dates.lowerBound ?? progress.today
    let length = min(daysExplainedMax, max(daysExplainedMin, progress.today.days(since: begin) + 2))
    let days = (0..<length).map { progress.today.adding(days: -$0) }
    return [
      "streak": progress.streakJSON, "activeDays": JSON(progress.dates.count),
      "rulesVersion": JSON(Streak.rulesVersion), "asOf": JSON(progress.today),
      "current": streak.current.map { JSON($0) } ?? .null,
      "longestRuns": .array(streak.longestRuns(3).map { JSON($0) }),
      "last7Days": [
        "practisedDays": JSON((0..<7).count { progress.dates.contains(progress.today.adding(days: -$0)) }), "days": 7,
      ],
      "restDays": .array(progress.plans.plan(on: progress.today).restDays.numbers.map { JSON($0) }),
      "freezes": JSON(streak.freezes),
      "days": .array(
        days.map { ["date": JSON($0), "reason": .string(streak.reason(for: $0).rawValue)] }),
    ]
  }
}

extension Streak {
  /// The latest first of equals.
  func longestRuns(_ count: Int) -> [Run] {
    Array(runs.sorted { ($0.days, $0.dates.lowerBound) > ($1.days, $1.dates.lowerBound) }.prefix(count))
  }
}

extension JSON {
  init(_ run: Streak.Run) {
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
