import BreathDomain
import StrictJSON
import Testing

/// The shapes an export can have, by the version that wrote it and by what had happened to the store.
struct ExportFileTests {
  static let base = """
    "totalXP": 127, "currentStreak": 3, "longestStreak": 4, "todaySessionTime": 1680000,
    "lastMeditationDate": "Fri Aug 29 2025", "totalMeditationTime": 1680000, "sessionsToday": 5
    """
  static let session = """
    {"id": "sess-1756303331345", "startedAt": "2025-08-27T14:02:11.345Z", "endedAt": "2025-08-27T14:07:11.345Z",
     "activeMs": 300000, "cycles": 21, "goalMinutes": 5, "goalBonusXP": 3, "finalXP": 24}
    """
  private static let challenges = """
    "dailyChallenges": [{"id": "Fri Aug 29 2025-cycles-0", "date": "Fri Aug 29 2025", "type": "cycles",
      "target": 40, "rewardXP": 7, "availableFrom": 1756480895960.5195, "title": "text", "completed": true}],
    "challengesCompleted": 2, "lastChallengeDate": "Fri Aug 29 2025"
    """
  private static let early = """
    {"hasSeenTour": true, "gamificationOptIn": true, "engagementCount": 0, "lastActiveDate": "Wed Aug 27 2025",
     "userPreferences": {"messageFrequency": "subtle", "reminderStyle": "gentle"}}
    """
  private static let late = """
    {"hasSeenTour": true, "gamificationOptIn": true, "gamificationDeclined": false, "progressiveDiscovery": false,
     "engagementCount": 0, "tutorialProgress": {"currentStep": 0, "completedSteps": []}}
    """

  private static let withSessions = base + ", \"sessions\": [\(session)], \"lastGoalMinutes\": 5"

  @Test(
    arguments: [
      ("0.1.0", base, early, 0, 0), ("0.1.0", withSessions, early, 1, 0),
      ("0.1.0", withSessions + "," + challenges, early, 1, 2), ("0.3.4", withSessions + "," + challenges, late, 1, 2),
    ] as [(String, String, String, Int, Int64)])
  func `each generation is read`(
    version: String, meditation: String, onboarding: String, sessions: Int, challenges: Int64
  ) throws {
    let file = try export("{\(meditation)}", onboarding: onboarding, version: version)
    #expect(file.sessions.count == sessions && file.records.count == sessions)
    let expected = Counters(
      totalXP: 127, longestStreak: 4, challengesCompleted: challenges, totalMeditationMs: 1_680_000)
    #expect(file.counters == expected)
    #expect(file.exportedAt == Timestamp("2025-08-29T19:26:41.678Z"))
    #expect(!file.wasSalvaged)
  }

  @Test func `the documented short form is read`() throws {
    let file = try ExportFile(
      node(
        """
        {"exportDate": "2025-08-29T19:26:41.678Z", "breathMaster": {
          "meditation": {"totalXP": 127, "currentStreak": 3, "todaySessionTime": 0},
          "onboarding": {"hasSeenTour": true, "gamificationOptIn": true}}}
        """))
    #expect(file.counters == Counters(totalXP: 127, longestStreak: 3))
    #expect(file.records.isEmpty)
  }

  private static let zeros = """
    "totalXP": 0, "currentStreak": 0, "longestStreak": 0, "todaySessionTime": 0, "lastMeditationDate": "",
    "totalMeditationTime": 0, "sessionsToday": 0
    """

  @Test(arguments: ["{\(zeros), \(challenges)}", "{\(zeros), \"sessions\": []}"])
  func `a fresh and a cleared store have no practice`(meditation: String) throws {
    let file = try export(meditation)
    #expect(file.records.isEmpty && !file.wasSalvaged)
    #expect(file.counters.totalXP == 0 && file.counters.longestStreak == 0 && file.counters.totalMeditationMs == 0)
  }

  private static let wrapper = """
    "version": 3, "lastModified": "2025-08-27T15:00:00.000Z", "clientId": "1756300000000-k3j9x",
    "payload": {\(withSessions), \(challenges)}
    """
  private static let newer = """
    {"id": "sess-1756478740901", "startedAt": "2025-08-29T14:45:40.901Z", "endedAt": "2025-08-29T14:46:40.901Z",
     "activeMs": 60000, "cycles": 0, "goalMinutes": 1, "goalBonusXP": 1, "finalXP": null}
    """

  @Test func `a wrapped store gives back what it held before, and what came after`() throws {
    let file = try export(
      """
      {\(ExportFileTests.wrapper), "totalXP": null, "totalMeditationTime": null, "currentStreak": 1,
       "todaySessionTime": 60000, "sessionsToday": 1, "sessions": [\(ExportFileTests.newer)]}
      """)
    #expect(file.wasSalvaged)
    let expected = Counters(totalXP: 127, longestStreak: 4, challengesCompleted: 2, totalMeditationMs: 1_680_000)
    #expect(file.counters == expected)
    #expect(file.sessions.map(\.id) == ["sess-1756303331345", "sess-1756478740901"])
    #expect(file.sessions.map(\.finalXP) == [24, nil])
    #expect(
      places(of: file) == [
        "/breathMaster/meditation/payload/sessions/0", "/breathMaster/meditation/sessions/0",
      ])
  }

  @Test(arguments: [(5, 127), (300, 300)] as [(Int64, Int64)])
  func `of a wrapped store's two totals the larger counts`(restarted: Int64, totalXP: Int64) throws {
    let file = try export("{\(ExportFileTests.wrapper), \"totalXP\": \(restarted)}")
    #expect(file.counters.totalXP == totalXP)
  }

  @Test func `a store wrapped twice is unwrapped twice`() throws {
    let file = try export("{\"totalXP\": 1, \"payload\": {\"totalXP\": null, \"payload\": {\(ExportFileTests.base)}}}")
    #expect(file.wasSalvaged && file.counters.totalXP == 127)
  }

  @Test func `a payload that is no object is no store`() throws {
    let file = try export("{\(ExportFileTests.base), \"payload\": \"text\"}")
    #expect(!file.wasSalvaged && file.counters.totalXP == 127)
  }

  @Test func `the sample's sessions earned 114 of its 127 XP`() throws {
    let file = try RecordedExport.sample.read()
    #expect(file.sessions.count == 5 && file.records.count == 5)
    #expect(file.sessions.reduce(0) { $0 + $1.cycles + ($1.goalBonusXP ?? 0) } == 114)
    #expect(file.sessions.reduce(0) { $0 + $1.xp } == 114)
    let expected = Counters(totalXP: 127, longestStreak: 3, challengesCompleted: 2, totalMeditationMs: 1_680_000)
    #expect(file.counters == expected)
    #expect(114 + 6 + 7 == file.counters.totalXP, "two challenges made up the rest")
    #expect(file.sessions[1].countedMs == 420_000, "a pause of 4 minutes does not count")
    #expect(file.sessions.map(\.pledgeHonored) == [nil, nil, nil, true, false])
    #expect(try RecordedExport.sample.practiceDates().count == 3)
  }

  private func places(of file: ExportFile) -> [String] {
    file.records.map { if case .session(_, let pointer) = $0 { "\(pointer)" } else { "unreadable" } }
  }
}
