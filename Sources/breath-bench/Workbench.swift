internal import FoundationEssentials
internal import Gateway
internal import Glibc
internal import Postgres
internal import StrictJSON
internal import ToolSupport

internal import enum FunctionRuntime.FunctionName

/// What all measurements share: where the functions and the database are, and devices to speak for.
final class Workbench {
  let isQuick: Bool
  private let variables: [String: String]
  private let binDirectory: String
  /// For what is only prepared, and not measured.
  private var auth: FunctionChild?
  private var sync: FunctionChild?
  private var madeHistory: History?

  /// Options for `breath serve`.
  let pool: [String]
  /// How many clients the rows of throughput have, one after the other.
  let clients: [Int]

  /// - Parameters:
  ///   - pool: processes a function in the gateway; nil leaves that to `breath serve`.
  ///   - clients: none for the usual ones.
  /// - Throws: `Failure` when the environment is not that of scripts/with-database.sh.
  init(isQuick: Bool, pool: Int? = nil, clients: [Int] = []) throws {
    self.isQuick = isQuick
    self.clients = !clients.isEmpty ? clients : isQuick ? [1, 16] : [1, 2, 4, 8, 16]
    self.pool = pool.map { ["--pool", "\($0)"] } ?? []
    variables = ProcessInfo.processInfo.environment.merging(["BREATH_RATE_LIMIT_FACTOR": "100000"]) { $1 }
    binDirectory = Executable.folder
    let needed = ["BREATH_TEST_DATABASE_URL", "DATABASE_URL_SYNC", "BREATH_SIGNING_KEY", "BREATH_JWKS"]
    for name in needed where (variables[name] ?? "").isEmpty {
      throw Failure(.usage, "\(name) is not set: run make bench, which makes a database for this.")
    }
  }

  /// How long a row of throughput lasts.
  var time: Duration { isQuick ? .seconds(1) : .seconds(6) }
  func repetitions(_ count: Int) -> Int { isQuick ? max(3, count / 20) : count }

  /// As many as a gateway has by default, and as there are cores to measure on.
  static let processes = 2

  // MARK: - Processes

  /// - Parameter databaseSuffix: goes behind the database's URL, where it overrides what is in it.
  /// - Parameter certificates: file with those to trust; then TLS is asked for.
  func start(_ function: FunctionName, databaseSuffix: String = "", certificates: String? = nil) throws -> FunctionChild
  {
    var environment = environment(of: function)
    environment["DATABASE_URL"]? += databaseSuffix
    environment["DATABASE_CA_CERT"] = try certificates.map {
      try String(contentsOf: URL(filePath: $0), encoding: .utf8)
    }
    return try FunctionChild(
      Function(
        name: function.rawValue, executable: "\(binDirectory)/\(function.rawValue)", environment: environment))
  }

  /// All that a function sees of ours.
  func environment(of function: FunctionName) -> [String: String] { function.environment(from: variables) }

  /// The file with the certificate that PostgreSQL shows to who connects to localhost; nil when it has none.
  var certificates: String? { variables["BREATH_TEST_TLS_CA"] }

  /// Any other program, with all of our environment.
  func program(_ executable: String, _ arguments: [String]) -> Function {
    Function(name: executable, executable: executable, arguments: arguments, environment: variables)
  }

  var breath: String { "\(binDirectory)/breath" }
  /// Where scripts/bundle.sh leaves its zips.
  var bundleFolder: URL {
    URL(filePath: binDirectory).deletingLastPathComponent().deletingLastPathComponent().appending(path: "bundle")
  }
  var syncURL: String { variables["DATABASE_URL_SYNC"] ?? "" }

  /// As superuser, who sees every account.
  func database() throws -> Connection {
    try Connection(
      PostgresConfiguration(url: variables["BREATH_TEST_DATABASE_URL"] ?? "", applicationName: "breath-bench"))
  }

  /// PostgreSQL's first process: the parent of the one that answers.
  func postmaster() throws -> pid_t {
    let backend: Int32 = try database().rows("SELECT pg_backend_pid() AS pid")[0]["pid"]
    return Proc(backend)?.parent ?? 0
  }

  func postgresVersion() throws -> String {
    try database().rows("SELECT split_part(current_setting('server_version'), ' ', 1) AS version")[0]["version"]
  }

  // MARK: - Devices

  /// Every device's own.
  static let secret = String(repeating: "s", count: 43)

  /// A new account that shares single sessions, and its first device.
  func enrol() throws -> Device {
    let id = UUID().uuidString.lowercased()
    let device = try Device(
      ask(
        auth: "/anonymous",
        """
        {"device":{"id":"\(id)","name":"bench","timeZone":"America/Costa_Rica"},"secret":"\(Workbench.secret)"}
        """))
    _ = try ask(
      auth: "/consents", #"{"subject":"detail","choice":"sessions","textVersion":"1"}"#, token: device.token)
    return device
  }

  /// A second device of the same account.
  func pair(with device: Device) throws -> Device {
    let made = try ask(auth: "/pairing", "{}", token: device.token)
    guard let code = made["code"]?.string else { throw Failure(.refused, "No pairing code came.") }
    let id = UUID().uuidString.lowercased()
    return try Device(
      ask(
        auth: "/pairing/redeem",
        """
        {"code":"\(code)","device":{"id":"\(id)","name":"second","timeZone":"Europe/Berlin"},"secret":"\(Workbench.secret)"}
        """))
  }

  /// What `POST /v1/sync` answers.
  func answer(_ device: Device, _ body: String) throws -> JSON {
    let child = try sync ?? start(.sync)
    sync = child
    return try content(of: child.ask(Wire.event("POST", "", body, token: device.token)))
  }

  private func ask(auth path: String, _ body: String, token: String? = nil) throws -> JSON {
    let child = try auth ?? start(.auth)
    auth = child
    return try content(of: child.ask(Wire.event("POST", path, body, token: token)))
  }

  private func content(of answer: [UInt8]) throws -> JSON {
    try JSON(parsing: answer, limits: .trusted)["body"] ?? .null
  }

  /// Made once, for all who look at it.
  func history() throws -> History {
    if let madeHistory { return madeHistory }
    let history = try History(self)
    madeHistory = history
    return history
  }
}

/// A signed-in device.
struct Device {
  let account: String
  let id: String
  let token: String

  init(_ granted: JSON) throws {
    guard let account = granted["account"]?.string, let id = granted["device"]?.string,
      let token = granted["accessToken"]?.string
    else { throw Failure(.refused, "auth gave no access token.") }
    (self.account, self.id, self.token) = (account, id, token)
  }
}
