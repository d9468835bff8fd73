internal import ArgumentParser
internal import FoundationEssentials
internal import FunctionRuntime
internal import StrictJSON
internal import ToolSupport

struct Invoke: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Gives one event to a function's executable and prints its reply.",
    discussion: """
      Runs the function by itself, without a server in front. Its DATABASE_URL is DATABASE_URL_SYNC and so on, when \
      that is set. The status is 0 when the reply's statusCode is below 400, and 77 otherwise.
      """)

  @Argument(help: "The function.")
  var function: FunctionName

  @Argument(help: "A file with one event. ${ACCESS_TOKEN} in it stands for a token (--token-of).")
  var event: String

  @Option(name: .customLong("bin"), help: "Folder of the function executables. (default: the folder of breath)")
  var binDirectory: String?

  @Option(help: "A device that has imported before: its token takes the place of ${ACCESS_TOKEN}.")
  var tokenOf: DeviceName?

  @Option(help: "The server that gives the token.", transform: ServerURL.init(parsing:))
  var url = ServerURL.standard

  private static let placeholder = "${ACCESS_TOKEN}"

  func run() async throws {
    let event = try await eventText()
    let ours = ProcessInfo.processInfo.environment
    var environment = ours.merging(function.environment(from: ours)) { _, theirs in theirs }
    environment["__OW_WAIT_FOR_ACK"] = nil  // piped, whoever started us
    let executable = "\(binDirectory ?? Executable.folder)/\(function.rawValue)"
    guard FileManager.default.isExecutableFile(atPath: executable) else {
      throw Failure(.unavailable, "\(executable) is not there: build it, or name its folder with --bin.")
    }
    let result = try PipedProcess(executable, environment: environment).run(input: event)
    guard let reply = try? JSON(parsing: result.output, limits: .trusted), reply.object != nil else {
      throw Failure(.unavailable, "\(function.rawValue) gave no reply (\(result.end)): see its log above.")
    }
    print(reply.pretty.printableJSON, terminator: "")
    guard (reply["statusCode"]?.integer ?? 200) < 400 else { throw ExitCode(Failure.Status.refused.rawValue) }
  }

  /// One line, as the function expects it.
  private func eventText() async throws -> [UInt8] {
    guard let data = FileManager.default.contents(atPath: event) else {
      throw Failure(.badInput, "\(event) cannot be read: name a file with one event.")
    }
    var text = String(decoding: data, as: UTF8.self)
    guard (try? JSON(parsing: Array(data), limits: .trusted))?.object != nil else {
      throw Failure(.badInput, "\(event) is not one JSON object: see functions/*/events for examples.")
    }
    if text.contains(Invoke.placeholder) {
      guard let tokenOf else {
        throw Failure(.usage, "\(event) needs a token: name a device that has imported before with --token-of.")
      }
      let token = try await Client.to(url) { try await SignedInDevice(tokenOf, $0).accessToken }
      text = text.replacing(Invoke.placeholder, with: token)
    }
    return Array(text.utf8) + [UInt8(ascii: "\n")]
  }
}
