import FunctionRuntime
import StrictJSON
import Testing

/// The example that docs/sync.md gives to whoever computes the digest elsewhere.
@Suite struct DigestVectorTests {
  private static let id = "c3a6ca2d-2123-408d-ba9e-6570335a1dc4"

  @Test func `the records of the contract have the digest of the contract`() throws {
    let secret = Device.newSecret()
    let reply = try Fleet.call(.auth, Device.enrolment(id: DigestVectorTests.id, secret: secret))
    let device = try Device(id: DigestVectorTests.id, secret: secret, reply)
    _ = try device.call(.sync, "PUT", "/detail", json: ["detail": "sessions"])
    var first = Practice.session("sess-1756303331345").object ?? JSONObject()
    first["goalMinutes"] = 5
    var second =
      Practice.session(
        "sess-1756306931345", at: "2025-08-27T15:02:11.345Z", to: "2025-08-27T15:07:11.345Z", bonusXP: 0
      ).object ?? JSONObject()
    second["goalMinutes"] = 2.5
    second["pledgeMultiplier"] = 1.15
    second["pledgeHonored"] = true
    second["finalXP"] = 0.0001
    let pushed = try device.sync([
      "detail": "sessions",
      "push": [
        "sessions": [.object(first), .object(second)], "deletions": [["session": "é"]],
        "days": [["date": "2025-08-27", "sessions": 2, "activeMs": 720_000, "cycles": 51, "xp": 58]],
      ],
    ])
    #expect(pushed["digest"] == "4-5c1e04327fe3a75115d25324b9bd47e6", "\(pushed.line)")
  }
}
