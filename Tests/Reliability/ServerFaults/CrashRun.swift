import Dispatch
import Foundation
import Synchronization
import TestSupport

/// Several processes of `sync` push new sessions while the whole PostgreSQL under them is killed, again and again. A push
/// that is answered with 503 is sent again as it is, until it is acknowledged; in the end every acknowledged session must
/// be there once and all sums must agree.
///
/// Kill -9 ends the processes and keeps the kernel's page cache, so this proves the order of commit and answer and the
/// recovery, not that the disk keeps its word when the power fails.
package struct CrashRun {
  private let plan: CrashPlan
  private let cluster: Cluster
  private let pushers: [Pusher]
  private let tally: Tally

  package init(_ plan: CrashPlan) throws {
    self.plan = plan
    cluster = try Cluster()
    for (name, value) in plan.settings { try cluster.sql("ALTER SYSTEM SET \(name) = '\(value)'") }
    try cluster.sql("SELECT pg_reload_conf()")
    let auth = try FunctionProcess("auth", cluster.environment(of: "auth"))
    let machines = try (0..<plan.accounts).flatMap { _ in
      let first = try Machine.enrol(auth)
      return [first, try first.paired(auth)]
    }
    var random = Seeded(plan.seed)
    tally = Tally(plan, &random)
    let environment = try cluster.environment(of: "sync")
    pushers = (0..<plan.workers).map { index in
      Pusher(
        machines: machines.enumerated().filter { $0.offset % plan.workers == index }.map(\.element),
        environment: environment, plan: plan, random: Seeded(random.next()))
    }
  }

  package func run() throws -> CrashReport {
    let working = DispatchGroup()
    for pusher in pushers {
      working.enter()
      Thread.detachNewThread { [tally] in
        pusher.work(tally)
        working.leave()
      }
    }
    do { while tally.waitForKill() { try killAndRestart() } } catch { tally.fail("\(error)") }
    working.wait()
    return try report()
  }

  private func killAndRestart() throws {
    let wasBusy = tally.isBusy
    cluster.killNine()
    try cluster.start()
    if wasBusy && cluster.hasRecovered { tally.count(\.effectiveKills) }
    tally.count(\.kills)
  }

  private func report() throws -> CrashReport {
    var report = tally.report
    guard report.violations.isEmpty else { return report }
    let audit = Audit(cluster)
    report.violations += try audit.differences(from: tally.rows) + audit.violations()
    return report
  }
}
