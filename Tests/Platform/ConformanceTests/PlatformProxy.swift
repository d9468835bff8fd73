import Foundation
import StrictJSON
import TestSupport
import Testing

/// What the platform's proxy answers to its controller.
struct ProxyResponse: Equatable, Sendable {
  let status: Int
  let body: String

  static let initialised = ProxyResponse(status: 200, body: "{\"ok\":true}\n")
  static let initialisedTwice = ProxyResponse(
    status: 403, body: #"{"error":"Cannot initialize the function more than once."}"#)
  static let cannotStart = ProxyResponse(
    status: 502, body: #"{"error":"Cannot start function. Check logs for details."}"#)
  static let commandExited = ProxyResponse(status: 400, body: #"{"error":"command exited"}"#)
  static let nothingDefined = ProxyResponse(status: 500, body: #"{"error":"no function defined yet"}"#)
  static let noDictionary = ProxyResponse(
    status: 502, body: #"{"error":"The function did not return a dictionary."}"#)
}

/// A double of the program that unpacks and drives functions on the platform: what `POST /init` and `POST /run` do
/// there, as recorded from the real one, without the HTTP around it.
///
/// It waits for the sentinels on both logs before it answers, as the real one does when logs are forwarded.
/// - Source: nimbella/openwhisk-runtime-go, openwhisk/{initHandler,runHandler,executor,actionProxy}.go.
final class PlatformProxy {
  /// Where functions are unpacked; also their working directory.
  let folder: String
  private(set) var child: Child?
  private let place: Place
  private var unpacked = 0
  private var isInitialised = false
  private var activations = 0

  init(_ place: Place = .here) throws {
    self.place = place
    folder = try place.newFolder()
  }

  deinit {
    child = nil
    try? execute("/bin/chmod", ["-R", "u+w", folder])
    try? FileManager.default.removeItem(atPath: folder)
  }

  /// Where the function number `number` was unpacked.
  func bin(_ number: Int = 1) -> String { "\(folder)/action/\(number)/bin" }

  /// - Parameters:
  ///   - code: a zip, or the executable itself.
  ///   - environment: what the function's project.yml gives it.
  ///   - container: what the container has besides; neither HOME nor PATH can be relied on.
  ///   - prepare: called between unpacking and starting.
  /// - Returns: nil when the function does not say that it is ready: the real proxy waits for ever.
  func initialise(
    _ code: Data, environment: [String: String] = [:], container: [String: String] = [:],
    patience: Duration = .seconds(30),
    prepare: (String) throws -> Void = { _ in }
  ) throws -> ProxyResponse? {
    guard !isInitialised else { return .initialisedTwice }
    unpacked += 1
    try unpack(code)
    try prepare(bin(unpacked))
    let exec = "./action/\(unpacked)/bin/exec"
    guard try isExecutable(bin(unpacked) + "/exec"),
      let started = try? place.start(exec, PlatformProxy.variables(environment, container), in: folder)
    else { return .cannotStart }
    guard try started.pump(patience: patience, until: { !$0.answers.all.isEmpty || $0.end != nil }) else { return nil }
    let acknowledgement = started.takeAnswer().flatMap { try? JSON(parsing: $0, limits: .trusted) }
    guard acknowledgement?["ok"]?.bool == true else { return .cannotStart }
    child = started
    isInitialised = true
    return .initialised
  }

  /// - Parameter line: what goes to the function, of which the real proxy removes line feeds.
  /// - Returns: nil when no answer comes, or not both sentinels: the real proxy waits for ever.
  func run(_ line: String, patience: Duration = .seconds(30)) throws -> ProxyResponse? {
    guard let child else { return .nothingDefined }
    activations += 1
    child.send(Array(line.utf8.filter { $0 != UInt8(ascii: "\n") }) + [UInt8(ascii: "\n")])
    guard try child.pump(patience: patience, until: { !$0.answers.all.isEmpty || $0.end != nil }) else { return nil }
    guard let answer = child.takeAnswer(), !answer.isEmpty else {
      self.child = nil
      return .commandExited
    }
    let activations = activations
    let isLogComplete = try child.pump(patience: patience) {
      $0.end != nil || min($0.output.sentinels, $0.log.sentinels) >= activations
    }
    guard isLogComplete else { return nil }
    guard (try? JSON(parsing: answer, limits: .trusted))?.object != nil else { return .noDictionary }
    return ProxyResponse(status: 200, body: answer)
  }
}

// MARK: - Init, step by step

extension PlatformProxy {
  private func unpack(_ code: Data) throws {
    let bin = bin(unpacked)
    try FileManager.default.createDirectory(atPath: bin, withIntermediateDirectories: true)
    if code.starts(with: [0x50, 0x4B, 0x03, 0x04]) {
      let zip = "\(folder)/code.zip"
      try code.write(to: URL(filePath: zip))
      try execute("/usr/bin/unzip", ["-q", "-o", zip, "-d", bin])
      try FileManager.default.removeItem(atPath: zip)
    } else {
      // By another process: were the file open for writing in this one, whatever starts just now would inherit that, and
      // the file could not be run (ETXTBSY).
      try code.write(to: URL(filePath: "\(folder)/code"))
      try execute("/bin/cp", ["\(folder)/code", "\(bin)/exec"])
    }
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: "\(bin)/exec")
  }

  /// What is neither ELF nor a script would be compiled as Go.
  private func isExecutable(_ path: String) throws -> Bool {
    let file = try Data(contentsOf: URL(filePath: path), options: .mappedIfSafe)
    return file.starts(with: [0x7F, 0x45, 0x4C, 0x46]) || file.starts(with: Array("#!".utf8))
  }

  private static func variables(_ environment: [String: String], _ container: [String: String]) -> [String: String] {
    [
      "__OW_WAIT_FOR_ACK": "1", "__OW_PROXY_VERSION": "conformance", "__OW_API_HOST": "https://api.example",
      "__OW_ACTIVATION_ID": "00000000000000000000000000000001", "__OW_ACTION_NAME": "/fn-test/v1/function",
      "__OW_ACTION_VERSION": "0.0.1", "__OW_DEADLINE": "0", "__OW_NAMESPACE": "fn-test",
      "__OW_TRANSACTION_ID": "none", "__OW_API_KEY": "",
    ].merging(container) { $1 }.merging(environment) { $1 }
  }
}

/// Runs a program to its end.
func execute(_ program: String, _ arguments: [String]) throws {
  try #require(Command(program, arguments).status == 0, "\(program) \(arguments.joined(separator: " "))")
}
