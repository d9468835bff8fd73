import BreathDomain
import TestSupport

extension Session {
  /// From few values each, so that two of them agree in a field often and in all of them sometimes; among the
  /// values are those that real files have only by accident: clocks set back, -0, ids that look like numbers.
  static func any(_ random: inout Seeded) -> Session {
    let start = random.number(0...1) * 3_600_000
    return Session(
      id: random.pick(["a", "a 0", "1:a", "a 0 0 0", "-"]), startedAt: Timestamp(milliseconds: start),
      endedAt: Timestamp(milliseconds: start + random.pick([-60_000, 0, 60_000, 36_000_000])),
      activeMs: random.pick([-120_000, 0, 60_000, 3_600_000, 3_600_001, 32_400_000]),
      cycles: random.pick([-1, 0, 1]), goalMinutes: random.pick([nil, -5, -0.0, 0, 5, 40]),
      goalBonusXP: random.pick([nil, -1, 0, 1]), pledgeMultiplier: random.pick([nil, 1.15]),
      pledgeHonored: random.pick([nil, true, false]), finalXP: random.pick([nil, -1, 0]))
  }
}
