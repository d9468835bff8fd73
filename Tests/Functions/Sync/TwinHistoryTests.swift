import Foundation
import Testing

/// Whatever becomes of one history on several machines, every session counts once.
///
/// `BREATH_TWIN_HISTORIES=10000` plays so many histories instead of a few.
@Suite struct TwinHistoryTests {
  private static let histories = UInt64(ProcessInfo.processInfo.environment["BREATH_TWIN_HISTORIES"] ?? "") ?? 24
  private static let parts: UInt64 = 8

  @Test(arguments: 0..<parts)
  func `every session counts once, digests agree and the doctor finds nothing`(part: UInt64) throws {
    for seed in stride(from: part, to: TwinHistoryTests.histories, by: Int(TwinHistoryTests.parts)) {
      var history = try TwinHistory(seed: seed)
      for _ in 0..<3 {
        for _ in 0..<6 { try history.step() }
        try history.judge("seed \(seed)")
      }
    }
  }
}
