import Foundation
import FunctionRuntime
import StrictJSON
import Testing

/// The day's challenges, and what claiming one is worth.
@Suite struct ChallengeTests {
  /// Enough for anything that level 1 may be asked for, in the morning and in the evening of today.
  private func practise(_ device: Device, _ prefix: String = "c") throws {
    let day = String(Practice.stamp(.now).prefix(10))
    let sessions = ["08:00", "19:00"].map { time in
      Practice.session(
        "\(prefix)-\(time)", at: "\(day)T\(time):00.000Z", to: "\(day)T\(time.prefix(2)):40:00.000Z",
        activeMs: 2_400_000, cycles: 60, bonusXP: 0)
    }
    _ = try device.sync(Practice.push(.array(sessions)))
  }

  private func claim(_ device: Device, _ id: String) throws -> Reply {
    try device.call(.stats, "POST", "/challenges/\(id)/claim", headers: Event.sendsJSON)
  }

  private func today(_ device: Device) throws -> [JSON] { try device.stats("challenges/today").items("challenges") }

  @Test func `two people of one level, and two devices of one person, have the same challenges`() throws {
    let device = try Device()
    let (mine, paired, others) = (try today(device), try today(device.paired()), try today(Device()))
    #expect(mine == others && mine == paired && (1...2).contains(mine.count))
    #expect(Set(mine.map { $0["type"]?.string }).count == mine.count, "no kind twice")
  }

  @Test func `a challenge is worth nothing before its practice, and its XP once after`() throws {
    let device = try Device()
    let id = try #require(today(device).first?["id"]?.string)
    #expect(try claim(device, id).outcome == "409 challenge_open")
    try practise(device)
    let before = try device.stats("summary").integer("progress.totalXP")
    let shown = try #require(today(device).first { $0["id"]?.string == id })
    #expect(shown["complete"] == true && shown["claimed"] == false, "practising does not exchange the day's challenges")

    let reply = try claim(device, id)
    #expect(reply.status == 200 && reply["awardedXP"] == shown["rewardXP"])
    #expect(reply["progress.totalXP"]?.integer == before + (shown["rewardXP"]?.integer ?? 0))
    let again = try claim(device.paired(), id)
    #expect(again.status == 200 && again["awardedXP"] == 0 && again["progress.totalXP"] == reply["progress.totalXP"])
    #expect(try today(device).first { $0["id"]?.string == id }?["claimed"] == true)
    #expect(try device.sync([:])["progress.awardedXP"] == shown["rewardXP"])
  }

  @Test func `twenty claims at once award once`() async throws {
    let device = try Device()
    try practise(device)
    let challenge = try #require(today(device).first)
    let id = try #require(challenge["id"]?.string)
    let awarded = try await withThrowingTaskGroup(of: Int64.self) { group in
      for _ in 0..<20 { group.addTask { try self.claim(device, id).integer("awardedXP") } }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(awarded.filter { $0 > 0 } == [challenge["rewardXP"]?.integer])
  }

  @Test func `challenges of another day or another level are not today's`() throws {
    let device = try Device()
    try practise(device)
    let id = try #require(today(device).first?["id"]?.string)
    #expect(try claim(device, "2025-08-27.1.0").outcome == "409 challenge_not_today")
    #expect(try claim(device, "\(id.prefix(10)).8.0").outcome == "409 challenge_not_today")
    for id in ["2025-08-27.1.9", "2025-08-27.9.0", "2025-02-30.1.0", "x", "2025-08-27.1.0.0"] {
      #expect(try claim(device, id).outcome == "404 challenge_not_found")
    }
  }

  @Test func `a merge unites what was claimed, and undoing it gives back what each had`() throws {
    let (device, joining) = (try Device(), try Device())
    for one in [device, joining] {
      try practise(one, one.id)
      _ = try claim(one, try #require(today(one).first?["id"]?.string))
    }
    let worth = try device.stats("summary").integer("progress.awardedXP")
    let merged = try Fleet.call(
      .auth, Device.redemption(code: try device.pairingCode(), id: joining.id, secret: joining.secret))
    #expect(try device.stats("summary").integer("progress.awardedXP") == worth, "both claimed the same one")
    let undone = try device.call(
      .auth, "POST", "/pairing/undo", headers: Event.sendsJSON,
      body: #"{"merge": "\#(merged.text("merge.merge"))"}"#)
    #expect(undone.status == 200, "\(undone.line)")
    #expect(try device.stats("summary").integer("progress.awardedXP") == worth)
  }
}
