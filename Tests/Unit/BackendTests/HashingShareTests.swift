import Foundation
import Postgres
import Testing

/// The limit of all passwords together (`breath.admit_hash`): who fails often cannot use it up.
@Suite struct HashingShareTests {
  private let connection: Connection
  private let everybody = HashingShareTests.anyKey("everybody"), inDoubt = HashingShareTests.anyKey("in-doubt")
  private let burst: Int32 = 20

  init() throws { connection = try Database.connect("auth") }

  private static func anyKey(_ name: String) -> [UInt8] {
    (0..<16).map { _ in UInt8.random(in: .min ... .max) } + Array(name.utf8)
  }

  /// None of it comes back while the test runs.
  private func call(_ function: SQL, _ callers: [[UInt8]]) throws -> ResultSet {
    let keys = [everybody, inDoubt] + callers
    let intervals = keys.map { _ in 3_600_000.0 }
    let bursts = [burst, burst / 2] + callers.map { _ in Int32(3) }
    return try connection.rows("SELECT * FROM \(function)(\(keys), \(intervals), \(bursts))")
  }

  /// What the limit says; nil when it admits.
  private func refusal(_ callers: [[UInt8]]) throws -> String? {
    let row = try call("breath.admit_hash", callers)[0]
    let (waitMs, refusal): (Int64?, String?) = (try row["wait_ms"], try row["refusal"])
    #expect((waitMs == nil) == (refusal == nil))
    return refusal
  }

  @Test func `callers who failed lately have half of it, whoever else they are, and the rest is for the others`() throws
  {
    let guessers = (0..<3).map { _ in HashingShareTests.anyKey("failures") }
    for guesser in guessers {
      for _ in 0..<3 { _ = try call("breath.note_failure", [guesser]) }
    }
    var admitted = 0
    for round in 0..<60 where try refusal([guessers[round % 3]]) == nil { admitted += 1 }
    #expect(admitted == Int(burst) / 2)
    #expect(try refusal([HashingShareTests.anyKey("account"), guessers[0]])?.hasPrefix("in-doubt") == true)
    for _ in 0..<Int(burst) / 2 { #expect(try refusal([HashingShareTests.anyKey("failures")]) == nil) }
    #expect(try refusal([HashingShareTests.anyKey("failures")])?.hasPrefix("everybody") == true)
  }

  @Test func `a few failures are forgiven`() throws {
    let clumsy = HashingShareTests.anyKey("failures")
    for _ in 0..<2 { _ = try call("breath.note_failure", [clumsy]) }
    for _ in 0..<Int(burst) { #expect(try refusal([clumsy]) == nil) }
  }
}
