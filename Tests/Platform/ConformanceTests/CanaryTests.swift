import Foundation
import FunctionRuntime
import StrictJSON
import TestSupport
import Testing

extension ConformanceTests {
  /// Nothing of one caller reaches another: 128 random bits in all that a caller says, looked for in whatever is
  /// answered to anybody else, with errors of every kind in between.
  @Suite struct CanaryTests {
    private static let callers = 20
    private static let rounds = 15

    /// A caller, and what nobody else may ever see.
    private struct Caller {
      let device: Device
      var sessions: [String] = []

      /// The token's signature is the part of it that is nobody else's.
      var canaries: [String] {
        let signatures = [device.accessToken, device.refreshToken].compactMap {
          $0.split(separator: ".").last.map(String.init)
        }
        return [device.id, device.name, device.secret, device.account] + signatures + sessions
      }
    }

    @Test func `twenty callers shuffled through one process of each function never see each other`() throws {
      var random = Seeded(128)
      let processes = try [FunctionName.auth, .sync, .stats].map { ($0, try $0.started()) }
      let (auth, sync, stats) = (processes[0].1, processes[1].1, processes[2].1)
      var callers = try (0..<CanaryTests.callers).map { _ in Caller(device: try Device(by: auth)) }
      var answers = 0
      for round in 0..<CanaryTests.rounds {
        for index in (0..<CanaryTests.callers).shuffled(using: &random) {
          let device = callers[index].device
          let fresh = (0..<3).map { _ in Call.hex() }
          callers[index].sessions += fresh
          var steps: [(PlatformProxy, Call)] = [
            (sync, device.push(fresh)), (sync, device.call("GET", "/export")), (stats, device.call("GET", "/summary")),
            (auth, device.call("POST", "/pairing")),
          ]
          steps.append(contentsOf: CanaryTests.faults(device, [auth, sync, stats], &random))
          for (proxy, call) in steps.shuffled(using: &random) {
            let response = try #require(try proxy.run(call.line))
            try CanaryTests.expect(response.body, shows: index, only: callers)
            answers += 1
          }
          let proxy = random.pick([auth, sync, stats])
          let broken = String(device.push([device.name, device.secret]).line.dropLast(Int(random.number(1...60))))
          let response = try #require(try proxy.run(broken))
          try CanaryTests.expect(response.body, shows: nil, only: callers)
        }
        if round % 5 == 4 { try CanaryTests.breakConnections() }
      }
      let log = try [auth, sync, stats].flatMap { try $0.process.output.all + $0.process.log.all }.joined(
        separator: "\n")
      for caller in callers {
        for canary in caller.canaries { #expect(!log.contains(canary), "a log has what a caller said") }
      }
      try Report.add("canaries: \(callers.flatMap(\.canaries).count) looked for in \(answers) answers, none seen")
    }

    private static func expect(_ answer: String, shows index: Int?, only callers: [Caller]) throws {
      for (other, caller) in callers.enumerated() where other != index {
        for canary in caller.canaries {
          try #require(!answer.contains(canary), "an answer shows another caller's canary")
        }
      }
    }

    /// Requests that fail, each with what is the caller's own in it.
    private static func faults(_ device: Device, _ proxies: [PlatformProxy], _ random: inout Seeded) -> [(
      PlatformProxy, Call
    )] {
      var unreadable = device.push([device.name])
      unreadable.isBase64Encoded = true
      var tooLarge = device.push([device.name])
      tooLarge.body += String(repeating: device.name, count: 40_000)
      let calls = [
        unreadable, tooLarge, device.call("GET", "/\(device.name)"),
        device.call("POST", "", json: [device.name: .string(device.secret)]),
        device.call("POST", "", json: ["cursor": .string(device.name)]),
        Call("POST", "/pairing/redeem", json: ["code": .string(device.name)]),
        Call("GET", "/export", token: device.accessToken + "x"), device.call("PATCH", "/export", query: device.name),
        device.call("GET", "/summary", query: "days=\(device.name)&days=2"),
      ]
      return (0..<3).map { _ in (random.pick(proxies), random.pick(calls)) }
    }

    /// The server ends every session, as in a failover.
    private static func breakConnections() throws {
      try execute(
        "/usr/bin/psql",
        [
          "-X", "-q", "-d", TestEnvironment.value("BREATH_TEST_DATABASE_URL"), "-o", "/dev/null", "-c",
          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'breath-%'",
        ])
    }
  }
}
