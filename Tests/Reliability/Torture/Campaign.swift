import Foundation
import TestSupport

/// Many histories, one after the other, and what became of them.
package struct Campaign {
  /// A history that went wrong.
  package struct Case: Sendable, CustomStringConvertible {
    package let seed: UInt64
    package let failure: Failure
    /// Whether the same seed fails in the same way again: to the letter on the model, in kind where processes overlap as
    /// they please and devices have new names.
    package let isRepeatable: Bool
    package let trace: [String]

    package var description: String {
      let lines = trace.count > 60 ? trace.prefix(5) + ["…"] + trace.suffix(54) : trace[...]
      let text = lines.map { $0.count > 400 ? $0.prefix(400) + "…" : $0[...] }.joined(separator: "\n  ")
      return "seed \(seed): \(failure)\(isRepeatable ? "" : " (not again)")\n  \(text)"
    }
  }

  /// Where histories are played; nil for the model.
  package let stage: Stage?
  package let bug: PlantedBug?
  package private(set) var tally = Tally()
  package private(set) var cases: [Case] = []

  package init(_ stage: Stage? = nil, bug: PlantedBug? = nil) {
    self.stage = stage
    self.bug = bug
  }

  /// - Returns: whether all was right.
  @discardableResult
  package mutating func play(_ seed: UInt64) throws -> Bool {
    // With real processes another run may go another way: what led to the failure is told by the one that failed.
    let history = try history(seed, isTraced: stage != nil)
    let failure = try history.run()
    tally = tally + history.tally
    guard let failure else { return true }
    let again = try self.history(seed, isTraced: true)
    let second = try again.run()
    cases.append(
      Case(
        seed: seed, failure: failure, isRepeatable: stage == nil ? failure == second : failure.kind == second?.kind,
        trace: history.trace ?? again.trace ?? []))
    return false
  }

  private func history(_ seed: UInt64, isTraced: Bool) throws -> History {
    guard let stage else {
      return try History(
        seed: seed, { ModelServer(tier: $0, bug: bug?.server) }, bug: bug?.client, isTraced: isTraced)
    }
    let monthMs: Int64 = 40 * 86_400_000
    return try History(
      seed: seed, { try RealServer(stage, tier: $0, seed: seed) }, without: stage.level == .database ? [.kills] : [],
      bug: bug?.client, startMs: Int64(Date().timeIntervalSince1970 * 1000) - monthMs,
      deviceSeed: .random(in: .min ... .max),
      isTraced: isTraced)
  }

  /// - Returns: how many histories it takes to find the error; nil when these do not.
  package static func historiesToFind(_ bug: PlantedBug, seeds: Range<UInt64>) throws -> Int? {
    var campaign = Campaign(bug: bug)
    for (index, seed) in seeds.enumerated() where try !campaign.play(seed) { return index + 1 }
    return nil
  }
}
