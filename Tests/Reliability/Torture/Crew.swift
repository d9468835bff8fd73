package import Foundation
import Synchronization

/// Plays seed after seed, several at a time.
package struct Crew: Sendable {
  /// What it came to.
  package struct Played: Sendable {
    package let started = Date()
    package fileprivate(set) var tally = Tally()
    package fileprivate(set) var cases: [Campaign.Case] = []
    package fileprivate(set) var seconds: Double = 0
  }

  private struct State {
    var played = Played()
    var next: UInt64
    var told = Date()
    var error: (any Error)?
  }

  /// One for each worker; none for the model.
  let stages: [Stage]
  let first: UInt64
  let histories: UInt64
  let seconds: Double
  let workers: Int

  /// Enough to look at.
  private static let casesMax = 20

  /// - Parameters:
  ///   - stages: each worker has its own, because a restart that one history brings about is one for all accounts of a
  ///     database. None for the model.
  ///   - histories: so many at most.
  ///   - seconds: for so long at most.
  ///   - workers: on the model.
  package init(
    _ stages: [Stage], from first: UInt64, histories: UInt64 = .max, seconds: Double = .infinity, workers: Int = 2
  ) {
    self.stages = stages
    self.first = first
    self.histories = histories
    self.seconds = seconds
    self.workers = stages.isEmpty ? workers : stages.count
  }

  /// - Parameter progress: hears from time to time how far it is.
  package func play(progress: @escaping @Sendable (String) -> Void = { _ in }) throws -> Played {
    let state = Mutex(State(next: first))
    DispatchQueue.concurrentPerform(iterations: workers) { worker in
      while let seed = state.withLock({ nextSeed(&$0) }) {
        var campaign = Campaign(stages.isEmpty ? nil : stages[worker])
        let result = Result { try campaign.play(seed) }
        if let line = state.withLock({ add(campaign, result, to: &$0) }) { progress(line) }
      }
    }
    return try state.withLock { state in
      if let error = state.error { throw error }
      state.played.seconds = Date().timeIntervalSince(state.played.started)
      return state.played
    }
  }

  private func nextSeed(_ state: inout State) -> UInt64? {
    guard state.error == nil, state.played.cases.count < Crew.casesMax, state.next - first < histories,
      Date().timeIntervalSince(state.played.started) < seconds
    else { return nil }
    defer { state.next += 1 }
    return state.next
  }

  private func add(_ campaign: Campaign, _ result: Result<Bool, any Error>, to state: inout State) -> String? {
    if case .failure(let error) = result { state.error = error }
    state.played.tally = state.played.tally + campaign.tally
    state.played.cases += campaign.cases
    guard Date().timeIntervalSince(state.told) > 10 else { return nil }
    state.told = Date()
    return "\(state.played.tally.histories) histories, \(state.played.cases.count) failed"
  }
}
