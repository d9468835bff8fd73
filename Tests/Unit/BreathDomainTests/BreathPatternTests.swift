import BreathDomain
import Testing

struct BreathPatternTests {
  @Test(arguments: [
    ("chill", "6-0-8-0", 14, 4.286), ("medium", "5-0-5-0", 10, 6), ("active", "4-2-4-1", 11, 5.455),
    ("boxing", "4-4-4-4", 16, 3.75), ("relaxing", "4-7-8-0", 19, 3.158),
  ])
  func `a named pattern has its rhythm`(name: String, seconds: String, cycle: Int, perMinute: Double) {
    let pattern = BreathPattern(named: name, custom: "1-1-1-1")
    #expect(pattern == BreathPattern(custom: seconds))
    #expect(pattern.cycleSeconds == cycle)
    #expect(abs(pattern.cyclesPerMinute - perMinute) < 0.0005)
  }

  @Test func `a pattern names its four phases in order`() throws {
    let pattern = try #require(BreathPattern(custom: "4-7-8-1"))
    #expect([pattern.inhale, pattern.holdIn, pattern.exhale, pattern.holdOut] == [4, 7, 8, 1])
  }

  @Test(arguments: [("1-0-1-0", 2, 30.0), ("30-30-30-30", 120, 0.5), ("0-0-0-0", 0, 0)])
  func `custom text is a pattern of its own`(text: String, cycle: Int, perMinute: Double) {
    let pattern = BreathPattern(named: "custom", custom: text)
    #expect(pattern.cycleSeconds == cycle)
    #expect(pattern.cyclesPerMinute == perMinute)
  }

  @Test(arguments: [
    "", "4-4-4", "4-4-4-4-4", "4-4-4-31", "-4-4-4-4", "4--4-4", "4-4-4-", "4-4-4-x", "4 4 4 4", "4.5-4-4-4",
    "4-4-4-99999999999999999999",
  ])
  func `text that is no pattern falls back to chill`(text: String) {
    #expect(BreathPattern(custom: text) == nil)
    #expect(BreathPattern(named: "custom", custom: text) == .chill)
  }

  @Test func `a name of a later version falls back to chill`() {
    #expect(BreathPattern(named: "ocean", custom: "4-4-4-4") == .chill)
  }
}
