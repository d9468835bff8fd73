import ArgumentParser
import Torture

@main
struct Run: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "torture", abstract: "Play seeded histories.")

  @Option var seed: UInt64 = 1
  @Option var histories: UInt64 = 1000
  @Flag var bugs = false
  @Flag var trace = false

  func run() throws {
    if bugs {
      for bug in Bug.all {
        let found = try Campaign.historiesToFind(bug, seeds: seed..<seed + histories)
        print(bug, found.map(String.init) ?? "NOT FOUND")
      }
      return
    }
    var campaign = Campaign()
    for seed in seed..<seed + histories {
      if try !campaign.play(seed), let last = campaign.cases.last {
        if trace {
          print(last.trace.joined(separator: "\n"))
        } else {
          print("seed \(last.seed): \(last.failure) \(last.isRepeatable)")
        }
        if campaign.cases.count > 20 { break }
      }
    }
    print(campaign.tally)
  }
}
