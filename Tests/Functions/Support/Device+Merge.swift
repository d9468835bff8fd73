import Foundation
import FunctionRuntime
import Postgres
import StrictJSON
import Testing

extension Device {
  func redemption(of code: String, dryRun: Bool = false) -> Event {
    var event = Device.redemption(code: code, id: id, secret: secret)
    if dryRun { event.query = "dryRun=true" }
    return event
  }

  func redeem(_ code: String, dryRun: Bool = false) throws -> Reply {
    try Fleet.call(.auth, redemption(of: code, dryRun: dryRun))
  }

  /// Brings its account into another's; what it is afterwards.
  func merged(into other: Device) throws -> Device {
    let reply = try redeem(try other.pairingCode())
    try #require(reply.status == 201 && reply["account"] == .string(other.account), "\(reply.line)")
    return try Device(id: id, secret: secret, reply)
  }

  /// With the tokens that its refresh token gives.
  func refreshed() throws -> Device {
    let reply = try Fleet.call(.auth, Device.refresh(refreshToken))
    try #require(reply.status == 200, "\(reply.line)")
    return try Device(id: id, secret: secret, reply)
  }

  /// The id of the account's newest merge.
  func newestMerge() throws -> String { try call(.auth, "GET", "/pairing/merges").text("merges.0.merge") }

  func undo(_ merge: String) throws -> Reply {
    try call(
      .auth, "POST", "/pairing/undo", headers: ["content-type": "application/json"],
      body: JSON.object(JSONObject([("merge", .string(merge))])).text)
  }

  /// Every record of its account as a device holds them that begins anew, without versions.
  func records() throws -> Set<String> {
    var found: Set<String> = []
    var cursor = JSON.null
    while true {
      let reply = try sync(["cursor": cursor, "own": true, "limit": 11])
      for kind in ["sessions", "days", "deletions", "settings"] {
        found.formUnion(try reply.items("changes.\(kind)").map { "\(kind) \($0.text)" })
      }
      cursor = reply["cursor"] ?? .null
      guard reply["more"] == true else { return found }
    }
  }

  /// The digest that the server tells is that of what it sends.
  func expectSoundDigest(_ location: SourceLocation = #_sourceLocation) throws {
    let digest = try sync([:]).text("digest")
    let computed = try ClientDigest(everythingOf: self).text
    #expect(digest == computed, sourceLocation: location)
  }
}

/// That every number of these accounts follows from their events.
func expectSound(_ devices: Device..., location: SourceLocation = #_sourceLocation) throws {
  for device in devices {
    let (status, output) = try DoctorTests.doctor(device)
    #expect(status == 0, "\(output)", sourceLocation: location)
  }
}
