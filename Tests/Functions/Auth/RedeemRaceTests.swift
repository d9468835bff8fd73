import Foundation
import FunctionRuntime
import Postgres
import StrictJSON
import TestSupport
import Testing

/// One code, many machines at once.
@Suite struct RedeemRaceTests {
  /// `BREATH_RACE_ROUNDS=200` plays them all.
  static let rounds = ProcessInfo.processInfo.environment["BREATH_RACE_ROUNDS"].flatMap { Int($0) } ?? 5

  /// Every other one has an account of its own, with a session in it, and would merge.
  @Test func `of fifty devices that redeem one code at once exactly one wins, and nothing of it is lost`() throws {
    let processes = try (0..<10).map { _ in try Executable(.auth) }
    for round in 0..<RedeemRaceTests.rounds {
      let target = try Device()
      let code = try target.pairingCode()
      let movers = try (0..<25).map { _ in try Device() }
      for device in movers { _ = try device.sync(Practice.push(Practice.sessions([device.id], by: device))) }
      let events = movers.flatMap { device in
        [
          device.redemption(of: code), Device.redemption(code: code, id: Device.newID(), secret: Device.newSecret()),
        ]
      }
      for (index, event) in events.enumerated() { try processes[index % 10].send(event.line) }
      let replies = try events.indices.map { try processes[$0 % 10].reply() }
      let winners = replies.filter { $0.status == 201 }
      #expect(winners.count == 1, "round \(round)")
      #expect(replies.count { $0.outcome == "404 pairing_code_invalid" } == 49, "round \(round)")
      let merged = winners.first?["merge"] != nil
      let reply = try target.sync(["own": true])
      #expect(try reply.items("changes.devices").count == 2 && reply["progress.sessions"] == (merged ? 1 : 0))
      for device in movers where winners.first?["device"] != .string(device.id) {
        #expect(try device.sync([:])["progress.sessions"] == 1, "round \(round)")
      }
    }
  }

  @Test func `merges into one another, all at once, end in one account that has everything`() throws {
    for round in 0..<RedeemRaceTests.rounds {
      let devices = try (0..<4).map { _ in try Device() }
      for device in devices { _ = try device.sync(Practice.push(Practice.sessions([device.id], by: device))) }
      let codes = try devices.map { try $0.pairingCode() }
      let processes = try devices.map { _ in try Executable(.auth) }
      for index in devices.indices {
        try processes[index].send(devices[index].redemption(of: codes[(index + 1) % devices.count]).line)
      }
      let statuses = try processes.map { try $0.reply().status }
      #expect(statuses.allSatisfy { [201, 503].contains($0) }, "round \(round): \(statuses)")
      let accounts = try Set(devices.map { try $0.refreshed().account })
      let sessions = try accounts.reduce(Int64(0)) { sum, account in
        let device = try #require(try devices.first { try $0.refreshed().account == account })
        return sum + (try device.refreshed().sync([:]).integer("progress.sessions"))
      }
      #expect(sessions == 4, "round \(round)")
      for device in devices { try expectSound(device) }
    }
  }
}
