internal import ArgumentParser
internal import FoundationEssentials
internal import FunctionRuntime
internal import Gateway
internal import Glibc
internal import ToolSupport

struct Serve: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Serves the functions over HTTP on this machine.",
    discussion: """
      Starts the function executables and passes requests on to them, as the function platform does. Each function \
      gets from this process's environment only what it needs ('breath functions --json' lists it): DATABASE_URL from \
      DATABASE_URL_SYNC and so on, and auth alone its keys. \
      BREATH_TRUSTED_PROXIES names the reverse proxies whose word about a caller's address counts.
      """)

  @Option(help: "Address to listen at.")
  var host = "127.0.0.1"

  @Option(help: "Port to listen at; 0 takes a free one. (default: PORT, or 8787)")
  var port: Int?

  @Option(name: .customLong("bin"), help: "Folder of the function executables. (default: the folder of breath)")
  var binDirectory: String?

  /// More than one for each processor, because one works while another waits for the disk; many more only push each other
  /// out of the caches (docs/performance.md).
  @Option(
    name: .customLong("pool"),
    help: "Processes per function at most, each with one database connection; by default one more than processors.")
  var poolSize = min(64, ProcessInfo.processInfo.activeProcessorCount + 1)

  @Flag(
    inversion: .prefixedNo,
    help: "Removes what has expired each day, and sends mails where BREATH_SMTP_URL and BREATH_MAIL_FROM are set.")
  var maintenance = true

  func validate() throws {
    guard (1...64).contains(poolSize) else { throw ValidationError("--pool must be between 1 and 64.") }
  }

  func run() async throws {
    var configuration = Gateway.Configuration(
      host: host, port: try chosenPort, binDirectory: binDirectory ?? Executable.folder, poolSize: poolSize,
      environments: Serve.perFunction { $0.environment(from: ProcessInfo.processInfo.environment) })
    configuration.trustedProxies = try trustedProxies
    configuration.corsOrigins = ProcessInfo.processInfo.environment[Variable.corsOrigins.rawValue]
    configuration.outboundPaths = Serve.perFunction(\.outboundPaths)
    let attendants = attendants
    defer { attendants?.cancel() }
    let gateway = Gateway(configuration) { [host] port in
      print("Breath Master Sync listens at http://\(host.contains(":") ? "[\(host)]" : host):\(port)")
      fflush(nil)
    }
    try await gateway.run()
  }

  /// Beside the server, for as long as it runs.
  private var attendants: Task<Void, Never>? {
    guard maintenance else { return nil }
    let attendants = Attendants(
      binDirectory: binDirectory ?? Executable.folder, environment: ProcessInfo.processInfo.environment)
    return Task { await attendants.run() }
  }

  /// Here rather than in `validate()`, which answers with the usage: the environment is not typed at a prompt.
  private var chosenPort: Int {
    get throws {
      if let port {
        guard (0...65535).contains(port) else { throw Failure(.usage, "A port is a number from 0 to 65535 (--port).") }
        return port
      }
      guard let text = ProcessInfo.processInfo.environment["PORT"], !text.isEmpty else { return 8787 }
      guard let port = Int(text), (0...65535).contains(port) else {
        throw Failure(.usage, "PORT is \"\(text)\": a port is a number from 0 to 65535; 0 takes a free one.")
      }
      return port
    }
  }

  private var trustedProxies: TrustedProxies {
    get throws {
      do { return try TrustedProxies(ProcessInfo.processInfo.environment[TrustedProxies.variable]) } catch {
        throw Failure(.usage, "\(error)")
      }
    }
  }

  private static func perFunction<Value>(_ value: (FunctionName) -> Value) -> [String: Value] {
    Dictionary(uniqueKeysWithValues: FunctionName.onTheWeb.map { ($0.rawValue, value($0)) })
  }
}
