import Backend
import FunctionRuntime
import Postgres

/// What is asked before a password is hashed (`breath.admit_hash`): the limit of everybody, the share of it for callers
/// who failed lately, and by which names this caller's failures are counted. PostgreSQL asks it only where a hash will
/// be made.
struct HashingLimits {
  private let keys: [[UInt8]]
  private let intervalsMs: [Double]
  private let bursts: [Int32]

  /// Where no password is meant.
  static let none = HashingLimits([])

  /// For who is not signed in.
  init(_ limits: RateLimits, _ request: Request) { self.init(limits, callers: ["network \(request.network)"]) }

  init(_ limits: RateLimits, _ request: Request, _ caller: Caller) {
    self.init(limits, callers: ["account \(caller.account.uuid.lowercased)", "network \(request.network)"])
  }

  /// - Parameter callers: never a name that others can make fail, as an address: its owner would pay for them.
  private init(_ limits: RateLimits, callers: [String]) {
    let failures = limits.hashingFailures
    self.init([(limits.hashing, "all"), (limits.hashingInDoubt, "all")] + callers.map { (failures, $0) })
  }

  private init(_ limits: [(limit: RateLimit, subject: String)]) {
    keys = limits.map { $0.limit.key($0.subject) }
    intervalsMs = limits.map(\.limit.intervalMs)
    bursts = limits.map { Int32($0.limit.burst) }
  }

  /// As `breath.begin_login` and its like take them.
  var arguments: SQL { "\(keys), \(intervalsMs), \(bursts)" }

  /// Counts a failure of the caller: a round trip that only failures cost.
  func noteFailure(_ call: Call) throws {
    guard !keys.isEmpty else { return }
    try call.run(Pipeline("SELECT breath.note_failure(\(arguments))"))
  }

  /// To be called by the reader of a function that takes `arguments`. By then its pipeline is committed, so that the
  /// caller's own limits have counted the call.
  /// - Parameter row: with `wait_ms` and `refusal`.
  /// - Throws: 429.
  static func requireAdmitted(_ row: Row) throws {
    guard let waitMs: Int64 = try row["wait_ms"] else { return }
    var problem = Problem.tooManyRequests(retryAfter: .milliseconds(waitMs))
    problem.headers += RateLimit.headers(refusal: try row["refusal"])
    throw problem
  }
}

extension RateLimits {
  /// Before a proof of who is signed in, the account's before the network's.
  func admitProof(_ request: Request, _ caller: Caller) -> Pipeline<Void> {
    Pipeline(
      joining: proofOfAccount.admit(caller.account.uuid.lowercased), proof.admit(request.network)
    ).map { _ in }
  }
}
