import Foundation
import StrictJSON
import TestSupport

/// One process of `sync` and the devices that push through it, each push until it is acknowledged.
struct Pusher: Sendable {
  let machines: [Machine]
  let environment: [String: String]
  let plan: CrashPlan
  let random: Seeded

  func work(_ tally: Tally) {
    do {
      let sync = try FunctionProcess("sync", environment)
      var (random, drawn) = (random, 0)
      while tally.begin() {
        let machine = random.pick(machines)
        let practices = (0..<random.number(1...Int64(plan.sessionsPerPushMax))).map { _ in
          drawn += 1
          return Practice.any(drawn, &random)
        }
        try push(practices, of: machine, through: sync, &random, tally)
      }
    } catch { tally.fail("\(error)") }
  }

  private func push(
    _ practices: [Practice], of machine: Machine, through sync: FunctionProcess, _ random: inout Seeded, _ tally: Tally
  ) throws {
    let event = machine.push(practices)
    while true {
      let answer = try sync.answer(event)
      if answer.status == 200 {
        let accepted = answer.body["accepted"]
        let (stored, duplicate) = (accepted?["stored"]?.integer ?? 0, accepted?["duplicate"]?.integer ?? 0)
        guard stored + duplicate == practices.count, stored == 0 || duplicate == 0 else {
          throw Refused(answer: answer)
        }
        return tally.acknowledge(practices.map { $0.row(of: machine) }, wasStoredUnheard: duplicate > 0)
      }
      guard answer.isUnavailable else { throw Refused(answer: answer) }
      guard !tally.isEnding else { return }
      tally.count(\.unavailable)
      // As a client does, in a hundredth of the time it is asked to wait.
      usleep(UInt32(random.number(1_000...20_000)))
    }
  }
}
