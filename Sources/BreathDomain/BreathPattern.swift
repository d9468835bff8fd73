/// A breathing rhythm: seconds to inhale, hold, exhale, hold (docs/design/practice.md, "Breathing patterns").
package struct BreathPattern: Sendable, Equatable {
  package let inhale, holdIn, exhale, holdOut: Int

  package static let chill = BreathPattern(6, 0, 8, 0)
  package static let medium = BreathPattern(5, 0, 5, 0)
  package static let active = BreathPattern(4, 2, 4, 1)
  package static let boxing = BreathPattern(4, 4, 4, 4)
  package static let relaxing = BreathPattern(4, 7, 8, 0)

  private init(_ inhale: Int, _ holdIn: Int, _ exhale: Int, _ holdOut: Int) {
    self.inhale = inhale
    self.holdIn = holdIn
    self.exhale = exhale
    self.holdOut = holdOut
  }

  /// Reads `4-4-4-4`: four whole numbers of 0 to 30 seconds.
  package init?(custom text: String) {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
    guard parts.count == 4, parts.allSatisfy({ (0...30).contains($0 ?? -1) }) else { return nil }
    let seconds = parts.compactMap { $0 }
    self.init(seconds[0], seconds[1], seconds[2], seconds[3])
  }

  /// By the name a setting has; text that is no pattern falls back to chill, as in the engine.
  package init(named name: String, custom text: String) {
    self =
      switch name {
      case "medium": .medium
      case "active": .active
      case "boxing": .boxing
      case "relaxing": .relaxing
      case "custom": BreathPattern(custom: text) ?? .chill
      default: .chill
      }
  }

  package var cycleSeconds: Int { inhale + holdIn + exhale + holdOut }

  /// 0 for 0-0-0-0, which never completes a cycle.
  package var cyclesPerMinute: Double { cycleSeconds == 0 ? 0 : 60 / Double(cycleSeconds) }
}
