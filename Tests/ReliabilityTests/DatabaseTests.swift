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

  /// A history counts only when it is right as long as nothing is planted.
  @Test(arguments: DatabaseBug.allCases) func `every error planted in a database is found`(bug: DatabaseBug) throws {
    let (sound, damaged) = (Stage(.database), try Stage.planting(bug))
    try sound.prepare()
    let found = try (1...200 as ClosedRange<UInt64>).first { seed in
      var campaign = Campaign(damaged)
      guard try !campaign.play(seed) else { return false }
      var control = Campaign(sound)
      return try control.play(seed)
    }
    #expect(found != nil, "\(bug.rawValue) in 200 histories")
    try damaged.drop()
  }
}
