internal import Backend
internal import FoundationEssentials
internal import Gateway
internal import Postgres
internal import StrictJSON

/// A script of pgbench that does in the database what a push does.
///
/// The texts are the backend's own, and so are the bound values, bound again by pgbench on each run. Three things differ:
/// values travel as text, session ids are made by the server from a number, since pgbench has no texts that change,
/// and colons in `to_char` patterns are quoted, or pgbench would take them for its variables.
struct Pgbench {
  private let script: String
  /// `-D name=value`, for each bound value.
  private let definitions: [String]
  private let url: String
  private let workbench: Workbench

  /// The newest of Debian's, or the one in /usr/bin.
  static var path: String? {
    let versions = (try? FileManager.default.contentsOfDirectory(atPath: "/usr/lib/postgresql")) ?? []
    let paths = versions.compactMap { Int($0) }.sorted(by: >).map { "/usr/lib/postgresql/\($0)/bin/pgbench" }
    return (paths + ["/usr/bin/pgbench"]).first { FileManager.default.isExecutableFile(atPath: $0) }
  }

  init(_ workbench: Workbench, size: Int) throws {
    self.workbench = workbench
    url = workbench.syncURL
    let database = try workbench.database()
    let pusher = try Pusher(workbench, size: size, as: .body, movesDates: false)
    // The first push teaches how far the account's version moves with each: the next cursor is known in advance.
    let before = try Pgbench.version(of: pusher.device, database)
    let first = String(decoding: pusher.next(), as: UTF8.self)
    pusher.take(Array(try workbench.answer(pusher.device, first).text.utf8))
    let version = try Pgbench.version(of: pusher.device, database)
    guard let account = UUID(uuidString: pusher.device.account), let device = UUID(uuidString: pusher.device.id) else {
      throw Failure(.refused, "auth gave no ids.")
    }
    let statements = try SampleFlight.statements(of: pusher.next(), account: account, device: device)
    var lines = ["\\set n random(1, 1000000000000000)", "\\set v :v + \(version - before)", "\\startpipeline"]
    var definitions = ["-D", "v=\(before)"]
    for (number, statement) in statements.enumerated() {
      let row = try database.rows(statement.spelled)[0]
      let parameters = Parameters(number: number, texts: try row["texts"], types: try row["types"])
      lines.append(parameters.named(in: statement.text, size: size, version: version) + ";")
      definitions += parameters.definitions
    }
    self.definitions = definitions
    script = (lines + ["\\endpipeline", ""]).joined(separator: "\n")
  }

  private static func version(of device: Device, _ database: Connection) throws -> Int64 {
    let account = UUID(uuidString: device.account)
    return try database.rows("SELECT version FROM breath.accounts WHERE account_id = \(account)")[0]["version"]
  }

  func start(_ pgbench: String, seconds: Int) throws -> ProgramChild {
    let file = FileManager.default.temporaryDirectory.appending(path: "breath-bench-\(UUID().uuidString).sql")
    try Data(script.utf8).write(to: file)
    let arguments = ["-n", "-M", "prepared", "-c", "1", "-T", "\(seconds)", "-f", file.path] + definitions
    // The script is removed by the shell: it must be there until pgbench has read it.
    let run = "f=$1; shift; \"$@\"; rm -f \"$f\""
    return try ProgramChild(workbench.program("/bin/sh", ["-c", run, "sh", file.path, pgbench] + arguments + [url]))
  }

  static func perSecond(in output: String) throws -> Double {
    let line = output.split(separator: "\n").first { $0.hasPrefix("tps = ") }
    guard let value = line?.split(separator: " ").dropFirst(2).first.flatMap({ Double($0) }) else {
      throw Failure(.refused, "pgbench did not run: \(output.suffix(600))")
    }
    return value
  }
}

/// The values bound in one statement, as variables of pgbench.
private struct Parameters {
  let number: Int
  let texts: [String?]
  let types: [String]

  private func name(_ index: Int) -> String { "p\(number)_\(index)" }

  var definitions: [String] {
    texts.enumerated().flatMap { index, text in text.map { ["-D", "\(name(index))=\($0)"] } ?? [] }
  }

  /// The statement with variables where it has `$1`, `$2` …
  func named(in statement: String, size: Int, version: Int64) -> String {
    let text = statement.replacing(":MI:SS", with: "\":\"MI\":\"SS")
    let parts = text.split(separator: "$", omittingEmptySubsequences: false)
    return parts[0]
      + parts.dropFirst().map { part in
        let digits = part.prefix { $0.isNumber }
        return value((Int(digits) ?? 1) - 1, size, version) + part.dropFirst(digits.count)
      }.joined()
  }

  private func value(_ index: Int, _ size: Int, _ version: Int64) -> String {
    switch (texts[index], types[index]) {
    case (nil, let type): "NULL::\(type)"
    case (_, "text[]"): "(SELECT array_agg('pgbench-' || :n::text || '-' || g) FROM generate_series(1, \(size)) g)"
    case ("\(version)", "bigint"): ":v::bigint"
    case (_, let type): ":\(name(index))::\(type)"
    }
  }
}
