import Dispatch
import Synchronization
import TestSupport

/// What the pushers and the one who kills the server tell each other.
final class Tally: Sendable {
  private struct State {
    var report: CrashReport
    var rows: Set<String> = []
    /// After how many acknowledged pushes the server dies next.
    var killsAt: [Int]
    var underWay = 0
    var isEnding = false
  }

  private let plan: CrashPlan
  private let state: Mutex<State>
  /// Rung for each kill that is due, and when the run is already lost.
  private let bell = DispatchSemaphore(value: 0)

  init(_ plan: CrashPlan, _ random: inout Seeded) {
    self.plan = plan
    let killsAt = (0..<plan.kills).map { _ in Int(random.number(1...Int64(max(1, plan.pushes * 9 / 10)))) }
    state = Mutex(State(report: CrashReport(plan: plan), killsAt: killsAt.sorted()))
  }

  var report: CrashReport { state.withLock { $0.report } }
  var rows: Set<String> { state.withLock { $0.rows } }
  var isBusy: Bool { state.withLock { $0.underWay > 0 } }
  var isEnding: Bool { state.withLock { $0.isEnding } }

  func count(_ member: any WritableKeyPath<CrashReport, Int> & Sendable) {
    state.withLock { $0.report[keyPath: member] += 1 }
  }

  // MARK: - Pushers

  /// - Returns: false when enough was pushed and killed, or something is wrong.
  func begin() -> Bool {
    state.withLock { state in
      let isEnough = state.report.acknowledged + state.underWay >= plan.pushes && state.report.kills == plan.kills
      guard !state.isEnding, !isEnough else { return false }
      state.underWay += 1
      return true
    }
  }

  /// An acknowledged push must have become these rows.
  func acknowledge(_ rows: [String], wasStoredUnheard: Bool) {
    state.withLock { state in
      state.underWay -= 1
      state.rows.formUnion(rows)
      state.report.acknowledged += 1
      state.report.sessions += rows.count
      state.report.storedUnheard += wasStoredUnheard ? 1 : 0
      while let next = state.killsAt.first, state.report.acknowledged >= next {
        state.killsAt.removeFirst()
        bell.signal()
      }
    }
  }

  func fail(_ violation: String) {
    state.withLock { $0.report.violations.append(violation) }
    end()
  }

  /// Nobody begins or repeats a push any more.
  func end() {
    state.withLock { $0.isEnding = true }
    bell.signal()
  }

  // MARK: - The one who kills

  /// Waits until the next kill is due.
  /// - Returns: false when there is none, or the run is already lost.
  func waitForKill() -> Bool {
    if report.kills == plan.kills { return false }
    bell.wait()
    return !isEnding
  }
}
