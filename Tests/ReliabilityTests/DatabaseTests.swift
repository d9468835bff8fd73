import Testing
import Torture

/// The same histories against the built executables and a real PostgreSQL.
@Suite(.serialized) struct DatabaseTests {
  @Test func `nothing is lost, doubled, resurrected or diverges in 300 histories of overlapping processes`() throws {
    let played = try Crew(Stage(.database), from: 1, histories: 300).play()
    for failed in played.cases { Issue.record("\(failed)") }
    #expect(played.tally.histories == 300)
    #expect(played.tally.restores > 10)
  }

  @Test func `nor in 100 histories of killed processes and a bad wire to the database`() throws {
    let played = try Crew(Stage(.processes), from: 1, histories: 100).play()
    for failed in played.cases { Issue.record("\(failed)") }
    #expect(played.tally.histories == 100)
    #expect(played.tally.kills > 100)
  }

  @Test(arguments: DatabaseBug.allCases) func `every error planted in a database is found`(bug: DatabaseBug) throws {
    let stage = try Stage.planting(bug)
    var campaign = Campaign(stage)
    for seed in 1...200 where try !campaign.play(UInt64(seed)) { break }
    #expect(!campaign.cases.isEmpty, "\(bug.rawValue) in 200 histories")
    try stage.drop()
  }
}
