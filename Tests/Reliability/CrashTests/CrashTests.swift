import Foundation
import ServerFaults
import TestSupport
import Testing

/// The whole server dies under load. `make crash PUSHES=50000` is the same at length.
@Suite struct CrashTests {
  /// From `make crash`; what `make test` runs takes some seconds.
  private static let plan: CrashPlan = {
    let environment = ProcessInfo.processInfo.environment
    let pushes = environment["BREATH_CRASH_PUSHES"].flatMap(Int.init) ?? 5_000
    let seed = environment["BREATH_CRASH_SEED"].flatMap(UInt64.init) ?? .random(in: .min ... .max)
    return CrashPlan(pushes: pushes, kills: max(3, pushes / 1_500), seed: seed)
  }()

  @Test func `whatever was acknowledged is there once after kill -9 of the whole server`() throws {
    let plan = CrashTests.plan
    print("crash: seed \(plan.seed)")
    let report = try CrashRun(plan).run()
    let line = report.line(on: Date())
    print(line)
    #expect(report.violations.prefix(20) == [], "seed \(plan.seed)")
    #expect(report.acknowledged >= plan.pushes)
    #expect(report.effectiveKills == plan.kills)
    if let ledger = ProcessInfo.processInfo.environment["BREATH_LEDGER"] { try append(line, to: ledger) }
  }

  /// A server that answers before it has written: what tells that the test above can fail. What a kill finds unwritten is
  /// the scheduler's whim, so it plays until one is caught.
  @Test func `a server that acknowledges too early is found out`() throws {
    let isFound = try (1...CrashTests.attemptsMax).contains { seed in
      var plan = CrashPlan(pushes: 400, kills: 1, seed: seed)
      plan.settings = ["synchronous_commit": "off", "wal_writer_delay": "10s", "wal_writer_flush_after": "1GB"]
      return try CrashRun(plan).run().violations.contains { $0.hasPrefix("lost: ") }
    }
    #expect(isFound, "after \(CrashTests.attemptsMax) kills nothing that was acknowledged is missing")
  }

  private static let attemptsMax: UInt64 = 10

  private func append(_ line: String, to path: String) throws {
    let old = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
    try (old + line + "\n").write(toFile: path, atomically: true, encoding: .utf8)
  }
}
