@testable import BreathDomain

/// SplitMix64: the same numbers for the same seed on every machine, so that a failed seed can be kept.
/// - Source: Steele, Lea, Flood 2014, "Fast splittable pseudorandom number generators".
struct SeededRandom: RandomNumberGenerator {
  private var state: UInt64

  init(_ seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  mutating func pick<Value>(_ values: [Value]) -> Value {
    values[Int.random(in: values.indices, using: &self)]
  }

  mutating func number(_ range: ClosedRange<Int64>) -> Int64 { Int64.random(in: range, using: &self) }
}

extension Session {
  /// From few values each, so that two of them agree in a field often and in all of them sometimes; among the
  /// values are those that real files have only by accident: clocks set back, -0, ids that look like numbers.
  static func any(_ random: inout SeededRandom) -> Session {
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
