import FunctionRuntime
import StrictJSON
import Synchronization
import TestSupport
import Testing

/// Warm processes that tests borrow, so that no test pays for a start it does not look at.
enum Fleet {
  private static let idle = Mutex<[FunctionName: [Executable]]>([:])
  private static let idleElsewhere = Mutex<[[String: String]: [Executable]]>([:])

  /// Sends one event and waits for its answer.
  static func call(_ name: FunctionName, _ event: Event) throws -> Reply {
    try withProcess(name) { try $0.answer(event) }
  }

  /// The same with a function whose environment differs.
  static func call(_ name: FunctionName, _ event: Event, in changes: [String: String]) throws -> Reply {
    let key = changes.merging(["": name.rawValue]) { $1 }
    let process = try idleElsewhere.withLock { $0[key]?.popLast() } ?? Executable(name, changes)
    let reply = try process.answer(event)
    idleElsewhere.withLock { $0[key, default: []].append(process) }
    return reply
  }

  /// Lends a process of the usual environment to one test at a time.
  static func withProcess<Value>(_ name: FunctionName, _ work: (Executable) throws -> Value) throws -> Value {
    let process = try idle.withLock { $0[name]?.popLast() } ?? Executable(name)
    let value = try work(process)
    idle.withLock { $0[name, default: []].append(process) }
    return value
  }

  static func program(_ name: String) throws -> String { try TestEnvironment.value("BREATH_TEST_BIN") + "/" + name }

  /// What the platform would give a function: its own database role, and the signing key to auth alone.
  static func environment(of name: FunctionName) throws -> [String: String] {
    let given: [Variable] = [.databaseURL, .databasePooler, .jwks, .signingKey, .refreshKey, .dataKey]
    var ours = ["BREATH_PUBLIC_URL": "https://api.example", "BREATH_RATE_LIMIT_FACTOR": "100000"]
    for variable in given where name.variables.contains(variable) {
      ours[name.operatorName(of: variable)] = try TestEnvironment.value(name.operatorName(of: variable))
    }
    return name.environment(from: ours)
  }
}

extension Executable {
  /// A function's process.
  /// - Parameter changes: variables that differ from the usual ones.
  convenience init(_ name: FunctionName, _ changes: [String: String] = [:], mode: Mode = .piped) throws {
    try self.init(
      Fleet.program(name.rawValue), try Fleet.environment(of: name).merging(changes) { $1 }, mode: mode)
  }

  func answer(_ event: Event) throws -> Reply {
    try send(event.line)
    return try reply()
  }

  func reply() throws -> Reply {
    guard let line = try line() else { throw Ended(log: log()) }
    return try Reply(line)
  }
}
