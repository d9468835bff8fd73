import Testing
import Torture

/// Histories against the model: the protocol itself, without a line of the product.
@Suite struct ModelTests {
  @Test func `nothing is lost, doubled, resurrected or diverges in 2,000 histories`() throws {
    var campaign = Campaign()
    for seed in 1...2_000 { try campaign.play(UInt64(seed)) }
    for failed in campaign.cases { Issue.record("\(failed)") }
    #expect(campaign.tally.histories == 2_000)
    #expect(campaign.tally.kills > 1_000 && campaign.tally.crashes > 1_000 && campaign.tally.restores > 100)
  }

  /// Where an error hides for long, the search begins shortly before a history that is known to show it.
  @Test(arguments: PlantedBug.all) func `every planted error is found`(bug: PlantedBug) throws {
    let first = bug.firstSeed
    let found = try Campaign.historiesToFind(bug, seeds: first..<first + 500)
    #expect(found != nil, "\(bug) in 500 histories from seed \(first)")
  }

  /// After a restore that nobody announced, versions come again: it had its cursor back although it had just pushed.
  @Test func `what a device pushes on its last call is pulled by the others before they are compared`() throws {
    var campaign = Campaign()
    #expect(try campaign.play(1_795_540_768_164))
  }

  /// The only machine that held it died: nobody can bring it back, and nobody had been told otherwise since.
  @Test func `what was stored before a restore and heard of after it does not count as stored`() throws {
    var campaign = Campaign()
    #expect(try campaign.play(1_795_542_336_783))
  }

  @Test func `the same seed gives the same history`() throws {
    let bug = PlantedBug.server(.sequenceCursor)
    var campaign = Campaign(bug: bug)
    for seed in 1...200 { try campaign.play(UInt64(seed)) }
    #expect(!campaign.cases.isEmpty)
    for failed in campaign.cases { #expect(failed.isRepeatable, "\(failed)") }
  }
}
