/// A session with PostgreSQL. Not `Sendable`, on purpose: the compiler keeps it on one thread.
///
/// After an error that leaves the session in an unknown state it is closed, not repaired: ask `isUsable` before each
/// use, and connect again when it says no.
package final class Connection {
  private var session: Session?
  private var names: StatementNames
  private var isInTransaction = false
  /// Syncs and scripts sent: each cost one round trip.
  package private(set) var roundTrips = 0

  /// - Parameter deadline: when it comes before the configuration's `connectTimeout` is over.
  package init(
    _ configuration: PostgresConfiguration, deadline: ContinuousClock.Instant? = nil
  ) throws(PostgresError) {
    let timeout = ContinuousClock.now + configuration.connectTimeout
    session = try Session(configuration, until: min(timeout, deadline ?? timeout))
    names = StatementNames(areUsed: !configuration.usesTransactionPooler)
  }

  /// Open, no transaction under way, and the socket is silent: the server has not hung up. Costs a poll(2), no
  /// round trip.
  package var isUsable: Bool { session.map { $0.isIdle && $0.isSilent } ?? false }

  /// What our own SQL remarked since this was asked last, as that a stored time zone is unknown.
  package func takeRemarks() -> [String] { session?.remarks.take() ?? [] }

  package func close() {
    session = nil
    isInTransaction = false
  }

  /// One statement in a transaction of its own.
  package func rows(_ sql: SQL, deadline: ContinuousClock.Instant? = nil) throws(PostgresError) -> ResultSet {
    try pipeline([sql], deadline: deadline)[0]
  }

  /// All statements in one pipeline with one Sync: one round trip and one transaction, which is committed when this
  /// returns and rolled back when a statement failed. No statement may be BEGIN or COMMIT.
  /// - Returns: a result for each statement, in their order.
  /// - Throws: the first failure. `isInDoubt` when the connection broke, or the deadline came, after Sync was sent:
  ///   all of it was committed, or nothing.
  package func pipeline(
    _ statements: [SQL], deadline: ContinuousClock.Instant? = nil
  ) throws(PostgresError) -> [ResultSet] {
    if statements.isEmpty { return [] }
    for statement in statements { try statement.check() }
    let session = try open(deadline)
    var pipeline = PipelineRun()
    guard pipeline.send(statements, on: session, names: &names) else {
      close()
      throw PostgresError(.connectionLost)
    }
    roundTrips += 1
    do throws(PostgresError.Kind) {
      try pipeline.receive(from: session, names: &names, until: deadline)
    } catch {
      throw abandon(session, pipeline.failure ?? PostgresError(error), mayBeCommitted: !pipeline.isRolledBack)
    }
    if !session.exitPipeline() { close() }
    try settle(session, failure: pipeline.failure)
    return pipeline.results
  }

  /// Several pipelines in one transaction, for tools that must see before they write; a request is one pipeline. When `work`
  /// throws, all of it is rolled back, and so is the session.
  /// - Parameter begin: `BEGIN`, perhaps with an isolation level.
  package func transaction<Value>(_ begin: SQL = "BEGIN", _ work: (Connection) throws -> Value) throws -> Value {
    isInTransaction = true
    do {
      _ = try pipeline([begin])
      let value = try work(self)
      isInTransaction = false
      _ = try pipeline(["COMMIT"])
      return value
    } catch {
      close()
      throw error
    }
  }

  /// Runs a migration. Without BEGIN and COMMIT of its own, all of it is one transaction. Its rows are dropped.
  package func run(
    _ script: PostgresScript, deadline: ContinuousClock.Instant? = nil
  ) throws(PostgresError) {
    if script.text.utf8.contains(0) { throw PostgresError(.nulInText) }
    let session = try open(deadline)
    guard session.sendScript(script.text) else {
      close()
      throw PostgresError(.connectionLost)
    }
    roundTrips += 1
    var failure: PostgresError?
    do throws(PostgresError.Kind) {
      while let result = try session.nextResult(until: deadline) {
        let error = try script.failure(result)
        failure = failure ?? error
      }
    } catch { throw abandon(session, failure ?? PostgresError(error), mayBeCommitted: true) }
    try settle(session, failure: failure)
  }

  /// The session, unless it is too late to begin.
  private func open(_ deadline: ContinuousClock.Instant?) throws(PostgresError) -> Session {
    guard let session else { throw PostgresError(.connectionClosed) }
    if let deadline, deadline <= .now { throw PostgresError(.deadlineExpired) }
    return session
  }

  /// Closes a session whose outcome was not heard to the end.
  private func abandon(_ session: Session, _ error: PostgresError, mayBeCommitted: Bool) -> PostgresError {
    close()
    var error = error
    error.isInDoubt = session.isFlushed && mayBeCommitted
    return error
  }

  /// Keeps the session when it is as it was before, and closes it otherwise.
  private func settle(_ session: Session, failure: PostgresError?) throws(PostgresError) {
    let isIdle = isInTransaction ? session.isInTransaction : session.isIdle
    if !isIdle || failure?.kind == .stalePlan { close() }
    if let failure { throw failure }
    if !isIdle { throw PostgresError(.transactionLeftOpen) }
  }
}

extension PostgresScript {
  /// nil when the statement succeeded.
  fileprivate func failure(_ result: ServerResult) throws(PostgresError.Kind) -> PostgresError? {
    switch result.status {
    case .complete, .skipped, .syncDone: return nil
    case .unsupported: throw .unsupportedReply
    case .failed:
      var error = result.error(in: nil)
      guard error.kind != .connectionLost else { throw .connectionLost }
      error.line = result.position.map(line(ofCharacter:))
      // A script has no values of its own; those that it finds in tables stand in the words of class 22, data exception.
      if error.sqlState?.hasPrefix("22") == false { error.detail = result.message }
      return error
    }
  }
}
