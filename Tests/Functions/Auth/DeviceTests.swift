import Foundation
import FunctionRuntime
import Postgres
import StrictJSON
import TestSupport
import Testing

/// The machines of an account, and which may no longer come.
@Suite struct DeviceTests {
  private func rename(_ id: String, _ name: JSON, by device: Device) throws -> Reply {
    try device.call(.auth, "PATCH", "/devices/\(id)", json: ["name": name])
  }

  @Test func `the list shows names, zones, times, and which one this is`() throws {
    let device = try Device(timeZone: "America/Costa_Rica")
    let second = try device.paired(timeZone: "Asia/Tokyo")
    let list = try device.call(.auth, "GET", "/devices").items("devices")
    #expect(list.map { $0["id"]?.string } == [device.id, second.id])
    #expect(list.map { $0["name"]?.string } == ["laptop", "tower"])
    #expect(list.map { $0["timeZone"]?.string } == ["America/Costa_Rica", "Asia/Tokyo"])
    #expect(list.map { $0["isThisOne"] } == [true, false] && list.allSatisfy { $0["revoked"] == false })
    for time in list.flatMap({ [$0["createdAt"]?.string, $0["lastSeenAt"]?.string] }) {
      #expect(time?.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/) != nil)
    }
    #expect(try Device().call(.auth, "GET", "/devices").items("devices").count == 1)
  }

  @Test func `a new name is heard of by the others`() throws {
    let device = try Device()
    let second = try device.paired()
    let cursor = try device.sync([:])["cursor"] ?? .null
    let reply = try rename(second.id, "studio", by: device)
    #expect(reply.status == 200 && reply["name"] == "studio" && reply["id"] == .string(second.id))
    let heard = try device.sync(["cursor": cursor]).items("changes.devices")
    #expect(heard.map { $0["name"]?.string } == ["studio"])
    #expect(try rename(second.id, "", by: device).outcome == "422 invalid_content")
  }

  @Test func `signing out ends this device's sessions at once; its secret lets it in again`() throws {
    let device = try Device()
    let second = try device.paired()
    let window = try Device(
      id: device.id, secret: device.secret,
      try Fleet.call(.auth, Device.enrolment(id: device.id, secret: device.secret)))
    #expect(try device.call(.auth, "POST", "/logout").status == 204)
    for ended in [device, window] {
      #expect(try Fleet.call(.sync, ended.syncEvent([:])).outcome == "401 device_revoked")
      #expect(try ended.call(.stats, "GET", "/summary").outcome == "401 device_revoked")
      #expect(try Fleet.call(.auth, Device.refresh(ended.refreshToken)).outcome == "400 invalid_grant")
    }
    #expect(try second.sync([:]).status == 200)
    let back = try Fleet.call(.auth, Device.enrolment(id: device.id, secret: device.secret))
    #expect(back.status == 200 && back["account"] == .string(device.account))
    #expect(try Device(id: device.id, secret: device.secret, back).sync([:]).status == 200)
  }

  @Test func `a revoked device is out for good, and what it practised stays`() throws {
    let device = try Device()
    let second = try device.paired()
    _ = try second.sync(Practice.push([Practice.session("x")]))
    let code = try second.pairingCode()
    let cursor = try device.sync([:])["cursor"] ?? .null
    for _ in 0..<2 { #expect(try device.call(.auth, "DELETE", "/devices/\(second.id)").status == 204) }
    #expect(try Fleet.call(.sync, second.syncEvent([:])).outcome == "401 device_revoked")
    #expect(try Fleet.call(.auth, Device.refresh(second.refreshToken)).outcome == "400 invalid_grant")
    let again = try Fleet.call(.auth, Device.enrolment(id: second.id, secret: second.secret))
    #expect(again.outcome == "401 device_revoked")
    let redeemed = try Fleet.call(
      .auth, Device.redemption(code: code, id: Device.newID(), secret: Device.newSecret()))
    #expect(redeemed.outcome == "404 pairing_code_invalid", "a code that it made is dead")
    let pulled = try device.sync(["cursor": cursor])
    #expect(try pulled.items("changes.devices").map { $0["revoked"] } == [true])
    #expect(pulled["progress.sessions"] == 1)
    let states = try device.call(.auth, "GET", "/devices").items("devices").map { $0["revoked"] }
    #expect(states == [false, true])
  }

  @Test func `all others at once, and this one stays`() throws {
    let device = try Device()
    let others = try (0..<3).map { _ in try device.paired() }
    _ = try device.call(.auth, "DELETE", "/devices/\(others[0].id)")
    let cursor = try device.sync([:])["cursor"] ?? .null
    let reply = try device.call(.auth, "DELETE", "/devices")
    #expect(reply.status == 200 && reply["revoked"] == 2)
    for other in others { #expect(try Fleet.call(.sync, other.syncEvent([:])).outcome == "401 device_revoked") }
    let heard = try device.sync(["cursor": cursor]).items("changes.devices")
    #expect(heard.count == 2 && heard.allSatisfy { $0["revoked"] == true })
    #expect(try device.call(.auth, "DELETE", "/devices")["revoked"] == 0)
  }

  @Test func `a device may revoke itself`() throws {
    let device = try Device()
    #expect(try device.call(.auth, "DELETE", "/devices/\(device.id)").status == 204)
    #expect(try device.call(.auth, "GET", "/devices").outcome == "401 device_revoked")
  }

  @Test(arguments: ["PATCH", "DELETE"])
  func `what is foreign, missing, or no id at all is not found, with the same bytes`(method: String) throws {
    let (device, stranger) = (try Device(), try Device())
    let before = try stranger.state()
    let replies = try [stranger.id, Device.newID(), "nonsense"].map { id in
      try device.call(.auth, method, "/devices/\(id)", json: ["name": "mine"])
    }
    #expect(replies[0].outcome == "404 not_found")
    for reply in replies { #expect(reply.comparable == replies[0].comparable) }
    #expect(try stranger.state() == before && stranger.sync([:]).status == 200)
  }
}
