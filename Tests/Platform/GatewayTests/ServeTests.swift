import Foundation
import Gateway
import NIOCore
import StrictJSON
import Testing

import enum FunctionRuntime.FunctionName

/// `breath serve` as a person starts it.
@Suite struct ServeTests {
  /// Beside the tests, where the same build put it.
  private static let breath = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
    .deletingLastPathComponent().appending(path: "breath")

  private struct Served {
    let process = Process()
    let output = Pipe()
    let errors = Pipe()

    /// - Parameter port: nil leaves it to the environment.
    init(bin: URL, host: String = "127.0.0.1", port: Int? = 0, environment: [String: String] = [:]) throws {
      process.executableURL = ServeTests.breath
      process.arguments =
        ["serve", "--host", host, "--bin", bin.path, "--pool", "1"] + (port.map { ["--port", "\($0)"] } ?? [])
      process.environment = ProcessInfo.processInfo.environment.merging(environment) { _, ours in ours }
      process.standardOutput = output
      process.standardError = errors
      try process.run()
    }

    /// What it says on standard error until its end.
    func complaint() -> String {
      let text = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
      process.waitUntilExit()
      return text
    }

    /// What the first line of output says.
    func port() throws -> Int {
      let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
      return try #require(line.split(separator: ":").last.flatMap { Int($0.prefix { $0.isNumber }) })
    }
  }

  /// The worker's too, which is started beside the server.
  private static let functions = FunctionName.allCases.map(\.rawValue)

  @Test(arguments: [SIGINT, SIGTERM])
  func `a signal lets the running request finish and ends with 0`(signal: CInt) async throws {
    let folder = try FakeFunction.folder(Self.functions)
    defer { try? FileManager.default.removeItem(at: folder) }
    let served = try Served(bin: folder)
    let gateway = TestGateway(port: try served.port(), folder: folder)
    let child = try #require(try await gateway.send("GET", "/v1/sync/count").json["pid"]?.integer)
    async let held = gateway.send("GET", "/v1/sync/hold")
    try await FakeFunction.waitUntilHeld(1, in: folder)
    kill(served.process.processIdentifier, signal)
    try FakeFunction.release(folder)
    #expect(try await held.json["events"] == 2)
    served.process.waitUntilExit()
    #expect(served.process.terminationStatus == 0)
    #expect(served.process.terminationReason == .exit)
    #expect(kill(pid_t(child), 0) == -1)
  }

  @Test func `a busy port gives one line and a failure`() throws {
    let folder = try FakeFunction.folder(Self.functions)
    defer { try? FileManager.default.removeItem(at: folder) }
    let first = try Served(bin: folder)
    let port = try first.port()
    let second = try Served(bin: folder, port: port)
    second.process.waitUntilExit()
    let complaint = String(decoding: second.errors.fileHandleForReading.availableData, as: UTF8.self)
    #expect(complaint.hasPrefix("Error: port \(port) on 127.0.0.1 is in use"))
    #expect(complaint.split(separator: "\n").count == 1)
    #expect(second.process.terminationStatus == 1)
    first.process.terminate()
    first.process.waitUntilExit()
  }

  /// Of a request whose reading the server confirms.
  private static func head(bodyBytes: Int) -> String {
    "POST /v1/sync/count HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: \(bodyBytes)\r\n\r\n"
  }

  @Test func `a body that does not come holds no restart`() async throws {
    let folder = try FakeFunction.folder(Self.functions)
    defer { try? FileManager.default.removeItem(at: folder) }
    let served = try Served(bin: folder)
    let port = try served.port()
    try await RawClient(port: port).open { received, sending in
      try await sending.write(
        ByteBuffer(string: Self.head(bodyBytes: 9) + "{"))
      #expect(try await received.next()?.status == 100)
      let began = ContinuousClock.now
      served.process.terminate()
      #expect(try await received.next() == nil)
      served.process.waitUntilExit()
      #expect(ContinuousClock.now - began < .seconds(5))
    }
    #expect(served.process.terminationStatus == 0)
  }

  @Test func `who waits for a process at the end is told to come again, and who has one is served`() async throws {
    let folder = try FakeFunction.folder(Self.functions)
    defer { try? FileManager.default.removeItem(at: folder) }
    let served = try Served(bin: folder)
    let gateway = TestGateway(port: try served.port(), folder: folder)
    async let held = gateway.send("GET", "/v1/sync/hold")
    try await FakeFunction.waitUntilHeld(1, in: folder)
    try await RawClient(port: gateway.port).open { received, sending in
      // 100 says that the server has begun to read it, and what comes behind it has the same way.
      try await sending.write(
        ByteBuffer(string: Self.head(bodyBytes: 1)))
      #expect(try await received.next()?.status == 100)
      try await sending.write(ByteBuffer(string: "1"))
      while try await gateway.send("GET", "/v1/stats/count").status != 200 {}
      served.process.terminate()
      let answer = try await received.next()
      #expect(answer?.status == 503 && answer?.code == "busy" && answer?["connection"] == ["close"])
      #expect(try await received.next() == nil)
    }
    try FakeFunction.release(folder)
    #expect(try await held.status == 200)
    served.process.waitUntilExit()
    #expect(served.process.terminationStatus == 0)
  }

  @Test(
    arguments: [
      ("192.0.2.77", nil, "", "Error: 192.0.2.77 is no address of this machine"),
      ("nowhere.invalid", nil, "", "Error: nowhere.invalid is no address of this machine"),
      ("127.0.0.1", 70000, "", "breath: A port is"), ("127.0.0.1", nil, "abc", "breath: PORT is \"abc\""),
      ("127.0.0.1", nil, "-1", "breath: PORT is \"-1\""), ("127.0.0.1", nil, "65536", "breath: PORT is \"65536\""),
    ] as [(String, Int?, String, String)])
  func `where it cannot listen it says so in a line`(
    host: String, port: Int?, variable: String, line: String
  ) throws {
    let folder = try FakeFunction.folder(Self.functions)
    defer { try? FileManager.default.removeItem(at: folder) }
    let served = try Served(
      bin: folder, host: host, port: variable.isEmpty ? port ?? 0 : nil, environment: ["PORT": variable])
    let complaint = served.complaint()
    #expect(complaint.hasPrefix(line), "\(complaint)")
    #expect(complaint.split(separator: "\n").count == 1, "\(complaint)")
    #expect(served.process.terminationStatus != 0 && served.process.terminationReason == .exit)
  }

  /// Root may.
  @Test(.enabled(if: getuid() != 0, "NOT RUN: root may take any port"))
  func `a low port gives one line that says which to take`() throws {
    let folder = try FakeFunction.folder(Self.functions)
    defer { try? FileManager.default.removeItem(at: folder) }
    let served = try Served(bin: folder, port: 80)
    #expect(served.complaint().hasPrefix("Error: port 80 is not for you: choose one from 1024 on"))
    #expect(served.process.terminationStatus == 1)
  }

  @Test func `PORT 0 takes a free port`() async throws {
    let folder = try FakeFunction.folder(Self.functions)
    defer { try? FileManager.default.removeItem(at: folder) }
    let served = try Served(bin: folder, port: nil, environment: ["PORT": "0"])
    let port = try served.port()
    #expect(port > 0)
    #expect(try await TestGateway(port: port, folder: folder).send("GET", "/v1/sync/count").status == 200)
    served.process.terminate()
    served.process.waitUntilExit()
  }

  @Test func `a proxy that is named in the environment is believed`() async throws {
    let folder = try FakeFunction.folder(Self.functions)
    defer { try? FileManager.default.removeItem(at: folder) }
    let served = try Served(bin: folder, environment: ["BREATH_TRUSTED_PROXIES": "127.0.0.1"])
    let gateway = TestGateway(port: try served.port(), folder: folder)
    let chain = [("X-Forwarded-For", "6.6.6.6, 192.0.2.1")]
    let event = try await gateway.send("GET", "/v1/sync/echo", headers: chain).json
    #expect(event["value"]?["http"]?["headers"]?["x-forwarded-for"] == "192.0.2.1")
    served.process.terminate()
    served.process.waitUntilExit()
  }

  @Test func `a proxy that is none gives one line and a failure`() throws {
    let folder = try FakeFunction.folder(Self.functions)
    defer { try? FileManager.default.removeItem(at: folder) }
    let served = try Served(bin: folder, environment: ["BREATH_TRUSTED_PROXIES": "10.0.0.0/33"])
    let complaint = served.complaint()
    #expect(complaint.contains("\"10.0.0.0/33\""), "\(complaint)")
    #expect(complaint.contains("BREATH_TRUSTED_PROXIES"))
    #expect(served.process.terminationStatus != 0)
  }

  @Test func `functions end with a gateway that was killed`() async throws {
    let folder = try FakeFunction.folder(Self.functions)
    defer { try? FileManager.default.removeItem(at: folder) }
    let served = try Served(bin: folder)
    let gateway = TestGateway(port: try served.port(), folder: folder)
    let child = try #require(try await gateway.send("GET", "/v1/sync/count").json["pid"]?.integer)
    kill(served.process.processIdentifier, SIGKILL)
    served.process.waitUntilExit()
    for _ in 0..<100 where kill(pid_t(child), 0) == 0 { try await Task.sleep(for: .milliseconds(20)) }
    #expect(kill(pid_t(child), 0) == -1)
  }
}
