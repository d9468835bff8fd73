/// Rules that turn practice into XP (docs/design/practice.md, "XP"). "JS round" is floor(x + 0.5).
package enum Experience {
  static func javaScriptRound(_ value: Double) -> Int64 { Int64((value + 0.5).rounded(.down)) }

  /// The time bonus at a session's end: linear in completion, capped, 0 without a goal.
  /// - Parameter goalMinutes: 0 or negative counts as no goal.
  package static func goalBonus(goalMinutes: Double, activeMs: Int64) -> Int64 {
    guard goalMinutes > 0 else { return 0 }
    let completion = min(1, Double(activeMs) / (goalMinutes * 60_000))
    return javaScriptRound(completion * goalMinutes * 0.5)
  }

  /// How overdue a one-minute session was.
  package enum Urgency: Int64, Sendable {
    case fresh = 0
    case reminder = 2
    case overdue = 5
  }

  package static func microMeditation(_ urgency: Urgency, isFirstOfDay: Bool) -> Int64 {
    javaScriptRound(Double(5 + urgency.rawValue) * (isFirstOfDay ? 1 : 1.2))
  }
}
