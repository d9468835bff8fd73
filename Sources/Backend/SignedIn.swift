package import FunctionRuntime
package import Postgres

/// A call whose caller is known. Each pipeline begins with the caller's prologue: it enters the account, counts the call, and
/// refuses a caller that may not come.
///
/// Not `Sendable`: it keeps what the rate limit said last.
package final class SignedIn {
  package let call: Call
  package let caller: Caller
  private let isAdministrator: Bool
  /// As the last prologue said.
  private var admission: Admission?

  init(_ call: Call, _ caller: Caller, asAdministrator: Bool = false) {
    (self.call, self.caller, isAdministrator) = (call, caller, asAdministrator)
  }

  package var request: Request { call.request }
  package var context: Context { call.context }
  package var services: Services { call.services }
  package var limits: RateLimits { call.limits }

  /// A pipeline that writes nothing of the account, and so takes no lock.
  @discardableResult
  package func read<each Answer>(_ parts: repeat Pipeline<each Answer>) throws -> (repeat each Answer) {
    try run(locking: false, repeat each parts)
  }

  /// A pipeline that holds the account's row.
  @discardableResult
  package func write<each Answer>(_ parts: repeat Pipeline<each Answer>) throws -> (repeat each Answer) {
    try run(locking: true, repeat each parts)
  }

  /// As `write`, and taken back inside the same pipeline: the answers are of what really would have happened. That somebody
  /// asked stays counted.
  package func rehearse<each Answer>(_ parts: repeat Pipeline<each Answer>) throws -> (repeat each Answer) {
    let (_, answers, _, _) = try counted {
      try call.run(
        Pipeline("BEGIN"), opened(locking: true, repeat each parts), Pipeline("ROLLBACK"), caller.charge(limits.device))
    }
    return answers
  }

  private func run<each Answer>(locking: Bool, _ parts: repeat Pipeline<each Answer>) throws -> (repeat each Answer) {
    try counted { try call.run(opened(locking: locking, repeat each parts)) }
  }

  private func opened<each Answer>(
    locking: Bool, _ parts: repeat Pipeline<each Answer>
  ) -> Pipeline<(repeat each Answer)> {
    let prologue = caller.prologue(limits.device, locking: locking, asAdministrator: isAdministrator)
    return Pipeline(joining: prologue, Pipeline(joining: repeat each parts)).map { [self] admission, answers in
      self.admission = admission
      return answers
    }
  }

  /// What was counted at the beginning of a pipeline is rolled back with it, so a call that took all the time there is, that
  /// a limit of all refused, or that was an administrator's alone, would count for nobody: it is counted afterwards, in a
  /// pipeline of its own.
  private func counted<Answer>(_ run: () throws -> Answer) throws -> Answer {
    do {
      return try run()
    } catch let error as PostgresError {
      if isToBeCounted(error) { _ = try? call.run(caller.charge(limits.device)) }
      throw error
    }
  }

  private func isToBeCounted(_ error: PostgresError) -> Bool {
    switch error.sqlState {
    case "57014", "55P03", "BM40A": true
    case "BM429": !limits.device.isNamed(in: error.constraint)
    default: false
    }
  }

  /// What `handler` answers, with the headers of the rate limit.
  func reply(_ handler: (SignedIn) async throws -> Reply) async throws -> Reply {
    var reply = try await handler(self)
    reply.headers += admission?.headers ?? []
    return reply
  }
}
