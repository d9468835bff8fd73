import BreathDomain
import StrictJSON
import Testing

/// What real and damaged files have that a decoder does not expect.
struct ExportFileOdditiesTests {
  private let good = ExportFileTests.session

  private func unreadable(_ file: ExportFile) -> [String] {
    file.records.compactMap {
      guard case .unreadable(let mismatch, let item) = $0 else { return nil }
      let id = item["id"].json?.string
      return "\(mismatch.pointer) \(mismatch.code) \(id ?? "-")"
    }
  }

  @Test func `numbers below 0 count as 0 and stop nothing`() throws {
    let file = try export(
      """
      {"totalXP": -1, "currentStreak": 1, "longestStreak": 1, "totalMeditationTime": -120000, "sessions": [
        {"id": "sess-1", "startedAt": "2025-08-27T14:02:11.345Z", "endedAt": "2025-08-27T14:00:11.345Z",
         "activeMs": -120000, "cycles": 0, "goalMinutes": 10, "goalBonusXP": -1, "finalXP": -1}]}
      """)
    #expect(file.counters == Counters(longestStreak: 1))
    let session = try #require(file.sessions.first)
    #expect(session.activeMs == -120_000 && session.countedMs == 0 && session.xp == 0)
    #expect(session.flags(now: Timestamp(milliseconds: 1_756_500_000_000)) == .negativeDuration)
  }

  @Test func `null everywhere is nothing practised`() throws {
    let file = try ExportFile(
      node(
        """
        {"exportDate": null, "breathMaster": {"version": null, "onboarding": null, "meditation": {
          "totalXP": null, "currentStreak": null, "longestStreak": null, "todaySessionTime": null,
          "lastMeditationDate": null, "totalMeditationTime": null, "sessionsToday": null, "sessions": null,
          "dailyChallenges": null, "challengesCompleted": null, "payload": null}}}
        """))
    #expect(file.exportedAt == nil && file.records.isEmpty && !file.wasSalvaged)
    #expect(file.counters == Counters())
  }

  @Test func `an empty store is read`() throws {
    let file = try ExportFile(node("{\"breathMaster\": {\"meditation\": {}}}"))
    #expect(file.exportedAt == nil && file.records.isEmpty && file.counters == Counters())
  }

  @Test(arguments: ["\"\"", "\"Fri Aug 29 2025\"", "1756495601678", "{}"])
  func `an export date that is none is no obstacle`(text: String) throws {
    let file = try ExportFile(
      node("{\"exportDate\": \(text), \"breathMaster\": {\"meditation\": {\"totalXP\": 7}}}"))
    #expect(file.exportedAt == nil && file.counters.totalXP == 7)
  }

  @Test func `a total that is no number counts as absent, the others count`() throws {
    let file = try export("{\"totalXP\": \"many\", \"longestStreak\": [], \"challengesCompleted\": 2, \"x\": {}}")
    #expect(file.counters == Counters(challengesCompleted: 2))
  }

  @Test func `one bad session is a complaint among the good ones`() throws {
    let other = good.replacing("sess-1756303331345", with: "sess-2")
    let file = try export(
      """
      {"totalXP": 24, "sessions": [\(good), {"id": "sess-9", "startedAt": "soon"}, null, 7, {"id": 9}, \(other)]}
      """)
    #expect(file.sessions.map(\.id) == ["sess-1756303331345", "sess-2"])
    #expect(file.counters.totalXP == 24)
    let list = "/breathMaster/meditation/sessions"
    #expect(
      unreadable(file) == [
        "\(list)/1/startedAt invalid_timestamp sess-9", "\(list)/2 missing -", "\(list)/3 wrong_type -",
        "\(list)/4/id wrong_type -",
      ])
  }

  @Test(arguments: ["{}", "\"\"", "7", "true"])
  func `sessions that are no list are one complaint, not silence`(text: String) throws {
    let file = try export("{\"totalXP\": 24, \"sessions\": \(text)}")
    #expect(unreadable(file) == ["/breathMaster/meditation/sessions wrong_type -"])
    #expect(file.records.count == 1 && file.counters.totalXP == 24)
  }

  @Test func `a session told twice is one record`() throws {
    let file = try export("{\"sessions\": [\(good), \(good)], \"payload\": {\"sessions\": [\(good)]}}")
    #expect(file.records.count == 1)
  }

  @Test func `the same id with other content is kept for the server to judge`() throws {
    let other = good.replacing("\"cycles\": 21", with: "\"cycles\": 22")
    let file = try export("{\"sessions\": [\(good), \(other)]}")
    #expect(file.sessions.map(\.cycles) == [21, 22])
    #expect(Set(file.sessions.map(\.id)).count == 1)
  }

  @Test(arguments: [
    ("[]", "", "wrong_type"), ("null", "", "missing"), ("\"sess-1\"", "", "wrong_type"),
    ("{}", "/breathMaster/meditation", "not_an_export"),
    ("{\"meditation\": {}}", "/breathMaster/meditation", "not_an_export"),
    ("{\"breathMaster\": []}", "/breathMaster/meditation", "not_an_export"),
    ("{\"breathMaster\": {}}", "/breathMaster/meditation", "not_an_export"),
    ("{\"breathMaster\": {\"meditation\": null}}", "/breathMaster/meditation", "not_an_export"),
    ("{\"breathMaster\": {\"meditation\": [1]}}", "/breathMaster/meditation", "not_an_export"),
  ])
  func `what is no export is refused with its place`(text: String, pointer: String, code: String) throws {
    let node = try node(text)
    #expect(complaint { () throws(JSONMismatch) in _ = try ExportFile(node) } == "\(pointer) \(code)")
  }

  @Test func `the refusal says what a good file is and quotes nothing`() throws {
    let node = try node("{\"secret\": \"token\"}")
    let error = #expect(throws: JSONMismatch.self) { _ = try ExportFile(node) }
    #expect(error?.detail.contains("Export data") == true)
    #expect(error?.detail.contains("token") == false)
  }
}
