import BreathDomain
import StrictJSON
import Testing

/// Whole files as the extension's engine wrote them.
struct RecordedExportTests {
  @Test(arguments: [
    (
      RecordedExport.costaRica, 77,
      Counters(
        totalXP: 1231, longestStreak: 19, challengesCompleted: 23, totalMeditationMs: 28_378_000)
    ),
    (
      .berlin, 119,
      Counters(
        totalXP: 1550, longestStreak: 23, challengesCompleted: 19, totalMeditationMs: 37_831_595)
    ),
    (.madrid, 27, Counters(totalXP: 324, longestStreak: 21, challengesCompleted: 5, totalMeditationMs: 7_630_000)),
  ])
  func `a recorded file is read whole`(recorded: RecordedExport, sessions: Int, counters: Counters) throws {
    let file = try recorded.read()
    #expect(file.sessions.count == sessions && file.records.count == sessions)
    #expect(file.counters == counters)
    #expect(file.exportedAt != nil && !file.wasSalvaged)
  }

  @Test(arguments: [(RecordedExport.costaRica, 0), (.berlin, 10), (.madrid, 0), (.sample, 0)])
  func `only sessions whose clock was set back are flagged`(recorded: RecordedExport, count: Int) throws {
    let file = try recorded.read()
    let now = try #require(file.exportedAt)
    let flagged = file.sessions.filter { !$0.flags(now: now).isEmpty }
    #expect(flagged.count == count)
    #expect(flagged.allSatisfy { $0.flags(now: now) == .negativeDuration && $0.countedMs == 0 })
    #expect(file.sessions.reduce(0) { $0 + $1.activeMs } == file.counters.totalMeditationMs)
  }

  @Test(
    arguments: [(RecordedExport.costaRica, 28_378_000), (.berlin, 39_578_000), (.madrid, 7_630_000)]
      as [(RecordedExport, Int64)])
  func `a clock set back takes no minute from the rest`(recorded: RecordedExport, countedMs: Int64) throws {
    #expect(try recorded.read().sessions.reduce(0) { $0 + $1.countedMs } == countedMs)
  }

  @Test(arguments: RecordedExport.all)
  func `total XP is at least what the sessions earned`(recorded: RecordedExport) throws {
    let file = try recorded.read()
    #expect(file.counters.totalXP >= file.sessions.reduce(0) { $0 + $1.xp })
  }

  /// Every one of these machines restarted daily, so that each of the extension's streaks is 2n - 1.
  @Test(arguments: [
    (RecordedExport.costaRica, 32, 5, 10), (.berlin, 46, 8, 12), (.madrid, 13, 2, 11),
  ])
  func `reported streaks are twice the honest ones less one`(
    recorded: RecordedExport, practised: Int, days: Int, longest: Int
  ) throws {
    let dates = try recorded.practiceDates()
    let meditation = try recorded.document()["breathMaster"]["meditation"]
    let last = try #require(
      LocalDate(javaScriptDateString: meditation["lastMeditationDate"].string(length: 1...20)))
    let streak = Streak(dates, today: last)
    #expect(dates.count == practised && dates.runs.last?.upperBound == last)
    #expect(streak.days == days && streak.longest == longest)
    #expect(try meditation["currentStreak"].integer(in: 0...99) == Int64(2 * days - 1))
    #expect(try meditation["longestStreak"].integer(in: 0...99) == Int64(2 * longest - 1))
  }
}
