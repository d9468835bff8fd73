import TestSupport
import Testing

/// `breath capacity` against figures worked out by hand.
@Suite struct CapacityTests {
  /// The line that begins with a word, as its words.
  private func line(_ first: String, of output: String) -> [String] {
    output.split(separator: "\n").map { $0.split(separator: " ").map { String($0) } }.first { $0.first == first } ?? []
  }

  /// 600 a minute; each editor 1 sync and 0 reads in 5 minutes, and a token in 15: 4/15 a minute; 600 ÷ 4/15 = 2,250.
  @Test func `editors are the limit divided by what each calls`() throws {
    let output = try Repository.breath(
      "capacity", "--interval", "5", "30", "--utilization", "1", "--reads-per-sync", "0", "--active-share", "0.5"
    ).output
    #expect(line("5", of: output) == ["5", "min", "0.267", "2,250", "4,500"])
    // Rarer than tokens live: each sync needs a new token. 2/30 a minute; 600 × 15 = 9,000.
    #expect(line("30", of: output) == ["30", "min", "0.067", "9,000", "18,000"])
  }

  /// 10 a second of 100 ms: one at work on average. Poisson with mean 1: P(≤ 4) = 0.99634, P(≤ 5) = 0.99941.
  @Test func `connections are the containers at a peak`() throws {
    let output = try Repository.breath(
      "capacity", "--interval", "60", "--invocation-ms", "100", "--connection", "4", "5", "120"
    ).output
    #expect(output.contains("on average 1.00 containers at work, 5 at a peak (99.9 %), 120 at most"))
    #expect(Array(line("4", of: output).prefix(2)) == ["4", "no"])
    #expect(Array(line("5", of: output).prefix(2)) == ["5", "yes"])
    // As many as the platform starts are enough for anything it does not cut off.
    #expect(line("120", of: output) == ["120", "yes", "30,000", "ms", "0"])
    #expect(line("5", of: output).last == "115")
  }

  /// P(≤ 0) = e^−m ≥ 0.999 needs m ≤ 0.0010005: at 1 a second, one whole millisecond.
  @Test func `the longest invocation is the last that fits`() throws {
    let output = try Repository.breath(
      "capacity", "--interval", "60", "--invocations-per-minute", "60", "--connection", "22", "1"
    ).output
    // P(≤ 1) = (1 + m) e^−m ≥ 0.999 holds up to m = 0.0454: 45 ms.
    #expect(line("1", of: output) == ["1", "no", "45", "ms", "119"])
  }

  /// 100 days with one session each, so one device: 100 × (391 + 203) = 59,400 bytes, and 100 × 413 more.
  @Test func `a year's bytes are its rows`() throws {
    let output = try Repository.breath("capacity", "--sessions-per-day", "1", "--days-per-year", "100").output
    #expect(line("days", of: output) == ["days", "59", "kB", "0.59", "GB"])
    #expect(line("sessions", of: output) == ["sessions", "101", "kB", "1.01", "GB"])
  }

  @Test(arguments: ["--utilization=0", "--utilization=1.1", "--interval=-1", "--concurrent=0", "--invocation-ms=nan"])
  func `figures without sense are refused`(option: String) throws {
    #expect(try Repository.breath("capacity", option).status == 64)
  }
}
