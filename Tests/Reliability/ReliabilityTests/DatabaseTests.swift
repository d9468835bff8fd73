import Testing
import Torture

/// The same histories against the built executables and a real PostgreSQL.
@Suite(.serialized) struct DatabaseTests {
  @Test func `nothing is lost, doubled, resurrected or diverges in 300 histories of overlapping processes`() throws {
    let stages = try Stage.making(.database, "torture_sound", count: 2)
    let played = try Crew(stages, from: 1, histories: 300).play()
    for failed in played.cases { Issue.record("\(failed)") }
    #expect(played.tally.histories == 300)
    #expect(played.tally.restores > 10)
    for stage in stages { try stage.drop() }
  }

  @Test func `nor in 100 histories of killed processes and a bad wire to the database`() throws {
    let stages = try Stage.making(.processes, "torture_killed", count: 2)
    let played = try Crew(stages, from: 1, histories: 100).play()
    for failed in played.cases { Issue.record("\(failed)") }
    #expect(played.tally.histories == 100)
    #expect(played.tally.kills > 100)
    for stage in stages { try stage.drop() }
  }
}

/// What the histories would find, each on databases of its own.
@Suite struct PlantedDatabaseTests {
  /// A history counts only when it is right as long as nothing is planted.
  /// Hiding a restart shows only where a restored account grew past an old cursor unnoticed: too rarely to wait for here.
  private static let bugs = DatabaseBug.allCases.filter { $0 != .hidesRestart }

  @Test(arguments: bugs) func `every error planted in a database is found`(bug: DatabaseBug) throws {
    let (sound, damaged) = (
      try Stage.making(.database, "torture_control_\(bug.rawValue.lowercased())"), try Stage.planting(bug)
    )
    let found = try (1...600 as ClosedRange<UInt64>).first { seed in
      var campaign = Campaign(damaged)
      guard try !campaign.play(seed) else { return false }
      var control = Campaign(sound)
      return try control.play(seed)
    }
    #expect(found != nil, "\(bug.rawValue) in 600 histories")
    try damaged.drop()
    try sound.drop()
  }
}
