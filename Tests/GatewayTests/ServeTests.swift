import Foundation
import Gateway
import StrictJSON
import Testing

/// `breath serve` as a person starts it.
@Suite struct ServeTests {
  /// Beside the tests, where the same build put it.
  private static let breath = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
    .deletingLastPathComponent().appending(path: "breath")

  private struct Served {
    let process = Process()
    let output = Pipe()
    let errors = Pipe()

    init(bin: URL, port: Int = 0) throws {
      process.executableURL = ServeTests.breath
      process.arguments = ["serve", "--port", "\(port)", "--bin", bin.path, "--pool", "1"]
      process.standardOutput = output
      process.standardError = errors
      try process.run()
    }

    /// What the first line of output says.
    func port() throws -> Int {
      let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
      return try #require(line.split(separator: ":").last.flatMap { Int($0.prefix { $0.isNumber }) })
    }
  }

  private static let functions = ["sync", "stats", "auth", "admin"]

  @Test(arguments: [SIGINT, SIGTERM])
  func `a signal lets the running request finish and ends with 0`(signal: CInt) async throws {
    let folder = try FakeFunction.folder(Self.functions)
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

  @Test func `functions end with a gateway that was killed`() async throws {
    let folder = try FakeFunction.folder(Self.functions)
    let served = try Served(bin: folder)
    let gateway = TestGateway(port: try served.port(), folder: folder)
    let child = try #require(try await gateway.send("GET", "/v1/sync/count").json["pid"]?.integer)
    kill(served.process.processIdentifier, SIGKILL)
    served.process.waitUntilExit()
    for _ in 0..<100 where kill(pid_t(child), 0) == 0 { try await Task.sleep(for: .milliseconds(20)) }
    #expect(kill(pid_t(child), 0) == -1)
  }
}
