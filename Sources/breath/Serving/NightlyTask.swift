internal import Backend
internal import FoundationEssentials
internal import FunctionRuntime
internal import StrictJSON
internal import ToolSupport

/// The event of the nightly schedule, given to the same executable that the function platform starts with it: the worker.
struct NightlyTask {
  struct Outcome {
    /// By kind, what a person may want to know of.
    fileprivate(set) var removed: [(name: String, count: Int64)] = []

    var summary: String {
      let some = removed.filter { $0.count > 0 }
      guard !some.isEmpty else { return "Nothing had expired." }
      return "Removed what had expired: " + some.map { "\($0.count.grouped) \($0.name)" }.joined(separator: ", ") + "."
    }
  }

  private let executable: String
  private let environment: [String: String]

  /// What the operator calls the connection of the worker.
  static let databaseURLName = FunctionName.worker.operatorName(of: .databaseURL)
  /// A database that was never cleaned may need several.
  private static let roundsMax = 1000

  /// - Parameter environment: of this process; the executable gets what is the worker's.
  init(binDirectory: String, environment: [String: String]) throws {
    executable = "\(binDirectory)/\(FunctionName.worker.rawValue)"
    guard FileManager.default.isExecutableFile(atPath: executable) else {
      throw Failure(.unavailable, "\(executable) is not there: build it, or name its folder with --bin.")
    }
    var own = FunctionName.worker.environment(from: environment)
    // It verifies no token, so any key will do where none is named.
    let jwks = Variable.jwks.rawValue
    if own[jwks]?.isEmpty != false { own[jwks] = SigningKey().publicJWKS }
    self.environment = own
  }

  /// Round after round until nothing is left.
  /// - Throws: `Failure` when somebody else is at it, or the database is away.
  func run() throws -> Outcome {
    var outcome = Outcome()
    for _ in 0..<NightlyTask.roundsMax {
      let reply = try round()
      let removed = (reply["removed"]?.object?.members ?? []).map { ($0.key, $0.value.integer ?? 0) }
      for (name, count) in removed { outcome.add(count, to: name) }
      if reply["complete"]?.bool == true { return outcome }
      guard removed.contains(where: { $0.1 > 0 }) else {
        throw Failure(.unavailable, "Another maintenance is at work, and does the same: nothing is left to do here.")
      }
    }
    return outcome
  }

  private func round() throws -> JSON {
    let deadline = Int64((Date.now.timeIntervalSince1970 + Double(FunctionName.worker.timeLimitSeconds)) * 1000)
    let event: JSON = ["value": ["task": "nightly"], "deadline": .string("\(deadline)")]
    let result = try PipedProcess(executable, environment: environment).run(input: event.encoded + [0x0A])
    guard let reply = try? JSON(parsing: result.output, limits: .trusted) else {
      throw Failure(.unavailable, "worker gave no reply (\(result.end)): see its log above.")
    }
    guard reply["complete"]?.bool != nil else {
      let detail = reply["body"]?["detail"]?.string ?? "its reply is not one of maintenance"
      throw Failure(.unavailable, "Maintenance did not run: \(detail)".printable)
    }
    return reply
  }
}

extension NightlyTask.Outcome {
  fileprivate mutating func add(_ count: Int64, to name: String) {
    if let place = removed.firstIndex(where: { $0.name == name }) {
      removed[place].count += count
    } else {
      removed.append((name, count))
    }
  }
}
