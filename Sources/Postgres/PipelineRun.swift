/// A batch of statements under way: what was sent, in order, and what has come back.
struct PipelineRun {
  private enum Step {
    case prepare(StatementNames.Key, name: String, statement: SQLText)
    case execute(statement: SQLText)

    var statement: SQLText {
      switch self {
      case .prepare(_, _, let statement), .execute(let statement): statement
      }
    }
  }

  private var steps: [Step] = []
  /// The step whose results come next; `steps.count` is Sync, and one more is Sync after an error of its own, as
  /// when a deferred constraint fails.
  private var position = 0
  private(set) var results: [ResultSet] = []
  /// The first error the server reported.
  private(set) var failure: PostgresError?
  /// A statement failed, so the server will not commit, whatever else gets lost.
  private(set) var isRolledBack = false

  /// Queues all statements and Sync. Statements that have no name yet are prepared on the way.
  /// - Returns: false when libpq did not take one, Sync included: nothing can have been committed.
  mutating func send(_ statements: [SQL], on session: Session, names: inout StatementNames) -> Bool {
    guard session.enterPipeline() else { return false }
    var underWay: [StatementNames.Key: String] = [:]
    for statement in statements {
      let name = prepare(statement, on: session, names: &names, underWay: &underWay)
      steps.append(.execute(statement: statement.fixedText))
      guard session.sendExecute(statement, name: name) else { return false }
    }
    return session.sendSync()
  }

  /// - Parameter underWay: what this pipeline prepares already, though the server has not confirmed it.
  /// - Returns: the name to execute by; nil when statements have none. When libpq does not take the preparation,
  ///   it does not take what follows either.
  private mutating func prepare(
    _ statement: SQL, on session: Session, names: inout StatementNames, underWay: inout [StatementNames.Key: String]
  ) -> String? {
    guard names.areUsed else { return nil }
    let key = StatementNames.Key(statement)
    if let name = names[key] ?? underWay[key] { return name }
    let name = names.draw()
    guard session.sendPrepare(statement, name: name) else { return name }
    steps.append(.prepare(key, name: name, statement: statement.fixedText))
    underWay[key] = name
    return name
  }

  /// Reads until Sync's own result, which says that all was committed, or, after a failure, rolled back.
  /// - Throws: `connectionLost`, `deadlineExpired`, `unsupportedReply`: Sync's result has not come.
  mutating func receive(
    from session: Session, names: inout StatementNames, until deadline: ContinuousClock.Instant?
  ) throws(PostgresError.Kind) {
    while position <= steps.count + 1 {
      guard let result = try session.nextResult(until: deadline) else {
        position += 1
        continue
      }
      switch result.status {
      case .complete: try complete(result, &names)
      case .skipped: break
      case .failed: try fail(result)
      case .syncDone: return
      case .unsupported: throw .unsupportedReply
      }
    }
    throw .connectionLost
  }

  private mutating func complete(
    _ result: ServerResult, _ names: inout StatementNames
  ) throws(PostgresError.Kind) {
    guard position < steps.count else { throw .unsupportedReply }
    switch steps[position] {
    case .prepare(let key, let name, _): names.confirm(key, name: name)
    case .execute(let statement): results.append(ResultSet(result, statement: statement))
    }
  }

  private mutating func fail(_ result: ServerResult) throws(PostgresError.Kind) {
    let isAtSync = position >= steps.count
    let error = result.error(in: isAtSync ? nil : "\(steps[position].statement)")
    guard error.kind != .connectionLost else { throw .connectionLost }
    failure = failure ?? error
    isRolledBack = isRolledBack || !isAtSync
  }
}
