internal import FoundationEssentials
internal import Gateway
internal import Postgres
internal import StrictJSON
internal import SyncSamples
internal import ToolSupport

/// A client of pgbench that does in the database what one of our requests does.
///
/// The texts are the backend's own, and so are the bound values, bound again by pgbench on each run. Three things differ:
/// values travel as text, session ids get a number from the server, since pgbench has no texts that change,
/// and colons in `to_char` patterns are quoted, or pgbench would take them for its variables.
struct Pgbench {
  private let script: String
  /// `-D name=value`, for each bound value.
  private let definitions: [String]
  /// How far the account's version moves with each run: the next cursor is known in advance.
  private let step: Int64
  private let account: UUID
  private let workbench: Workbench

  /// The newest of Debian's, or the one in /usr/bin.
  static var path: String? {
    let versions = (try? FileManager.default.contentsOfDirectory(atPath: "/usr/lib/postgresql")) ?? []
    let paths = versions.compactMap { Int($0) }.sorted(by: >).map { "/usr/lib/postgresql/\($0)/bin/pgbench" }
    return (paths + ["/usr/bin/pgbench"]).first { FileManager.default.isExecutableFile(atPath: $0) }
  }

  static let missing = "pgbench is missing: install the Debian package postgresql"

  init(_ workbench: Workbench, _ load: Load) throws {
    self.workbench = workbench
    let database = try workbench.database()
    let person = try load.person(workbench, as: .body, movesDates: false)
    guard let account = UUID(uuidString: person.device.account), let device = UUID(uuidString: person.device.id) else {
      throw Failure(.refused, "auth gave no ids.")
    }
    self.account = account
    let before = try Pgbench.version(of: account, database)
    let first = String(decoding: person.next(), as: UTF8.self)
    person.take(Array(try workbench.answer(person.device, first).text.utf8))
    let version = try Pgbench.version(of: account, database)
    step = version - before
    let statements = try SamplePipeline.statements(of: person.next(), account: account, device: device)
    var lines = ["\\set n random(1, 1000000000000000)", "\\set v :v + \(step)", "\\startpipeline"]
    var definitions: [String] = []
    for (number, statement) in statements.enumerated() {
      let row = try database.rows(statement.spelled)[0]
      let parameters = Parameters(
        number: number, texts: try row["texts"], types: try row["types"], version: step > 0 ? version : nil)
      lines.append(parameters.named(in: statement.text) + ";")
      definitions += parameters.definitions
    }
    self.definitions = definitions
    script = (lines + ["\\endpipeline", ""]).joined(separator: "\n")
  }

  private static func version(of account: UUID, _ database: Connection) throws -> Int64 {
    try database.rows("SELECT version FROM breath.accounts WHERE account_id = \(account)")[0]["version"]
  }

  func start(_ pgbench: String, seconds: Int) throws -> ProgramChild {
    let file = FileManager.default.temporaryDirectory.appending(path: "breath-bench-\(UUID().uuidString).sql")
    try Data(script.utf8).write(to: file)
    let version = try Pgbench.version(of: account, workbench.database())
    let arguments =
      ["-n", "-M", "prepared", "-c", "1", "-T", "\(seconds)", "-f", file.path, "-D", "v=\(version - step)"]
      + definitions
    // The script is removed by the shell: it must be there until pgbench has read it.
    let run = "f=$1; shift; \"$@\"; rm -f \"$f\""
    let command = ["-c", run, "sh", file.path, pgbench] + arguments + [workbench.syncURL]
    return try ProgramChild(workbench.program("/bin/sh", command))
  }

  static func perSecond(in output: String) throws -> Double {
    let line = output.split(separator: "\n").first { $0.hasPrefix("tps = ") }
    guard let value = line?.split(separator: " ").dropFirst(2).first.flatMap({ Double($0) }) else {
      throw Failure(.refused, "pgbench did not run: \(output.suffix(600))")
    }
    return value
  }

  /// All of these at once.
  static func perSecond(_ clients: some Collection<Pgbench>, _ pgbench: String, for time: Duration) throws -> Double {
    let seconds = max(1, Int(time / .seconds(1)))
    let children = try clients.map { try $0.start(pgbench, seconds: seconds) }
    return try children.reduce(0) { try $0 + perSecond(in: $1.everything()) }
  }
}

/// The values bound in one statement, as variables of pgbench.
private struct Parameters {
  let number: Int
  let texts: [String?]
  let types: [String]
  /// The cursor's, which moves on with every run; nil when it stays.
  let version: Int64?

  private func name(_ index: Int) -> String { "p\(number)_\(index)" }

  var definitions: [String] {
    texts.enumerated().flatMap { index, text in text.map { ["-D", "\(name(index))=\($0)"] } ?? [] }
  }

  /// The statement with variables where it has `$1`, `$2` …
  func named(in statement: String) -> String {
    let text = statement.replacing(":MI:SS", with: "\":\"MI\":\"SS")
    let parts = text.split(separator: "$", omittingEmptySubsequences: false)
    return parts[0]
      + parts.dropFirst().map { part in
        let digits = part.prefix { $0.isNumber }
        return value((Int(digits) ?? 1) - 1) + part.dropFirst(digits.count)
      }.joined()
  }

  private func value(_ index: Int) -> String {
    switch (texts[index], types[index]) {
    case (nil, let type): "NULL::\(type)"
    case (let text?, "text[]") where text.contains(Body.idMark):
      "ARRAY(SELECT replace(t, '\(Body.idMark)', 'pgbench-' || :n::text || '-') FROM unnest(:\(name(index))::text[]) t)"
    case (let text?, "bigint") where Int64(text) == version: ":v::bigint"
    case (_, let type): ":\(name(index))::\(type)"
    }
  }
}
