/// A batch of statements under way: what was sent, in order, and what has come back.
struct Flight {
  private enum Step {
    case prepare(StatementNames.Key, name: String, statement: String)
    case execute(statement: String)

    var statement: String {
      switch self {
      case .prepare(_, _, let statement), .execute(let statement): statement
      }
    }
  }

  private var steps: [Step] = []
  /// The step whose results come next; `steps.count` is Sync.
  private var position = 0
  private(set) var results: [ResultSet] = []
  /// The first error the server reported.
  private(set) var failure: PostgresError?
  /// A statement failed, so the server will not commit, whatever else gets lost.
  private(set) var isRolledBack = false

  /// Queues all statements and Sync. Statements not in `names` are prepared on the way; nil prepares none.
  /// - Returns: false when libpq did not take one, Sync included: nothing can have been committed.
  mutating func send(_ statements: [SQL], on session: Session, names: inout StatementNames?) -> Bool {
    guard session.enterPipeline() else { return false }
    var underWay: [StatementNames.Key: String] = [:]
    for statement in statements {
      guard names != nil else {
        guard execute(statement, name: nil, on: session) else { return false }
        continue
      }
      let key = StatementNames.Key(statement)
      if let name = names?[key] ?? underWay[key] {
        guard execute(statement, name: name, on: session) else { return false }
      } else if let name = names?.draw() {
        underWay[key] = name
        steps.append(.prepare(key, name: name, statement: statement.text))
        guard session.sendPrepare(statement, name: name) else { return false }
        guard execute(statement, name: name, on: session) else { return false }
      }
    }
    return session.sendSync()
  }

  private mutating func execute(_ statement: SQL, name: String?, on session: Session) -> Bool {
    steps.append(.execute(statement: statement.text))
    return session.sendExecute(statement, name: name)
  }

  /// Reads until Sync's own result, which says that all was committed, or, after a failure, rolled back.
  /// - Throws: `connectionLost`, `deadlineExpired`, `unsupportedReply`: Sync's result has not come.
  mutating func receive(
    from session: Session, names: inout StatementNames?, until deadline: ContinuousClock.Instant?
  ) throws(PostgresError.Kind) {
    while position <= steps.count {
      guard let result = try session.nextResult(until: deadline) else {
        position += 1
        continue
      }
      switch result.status {
      case .complete: complete(result, &names)
      case .skipped: break
      case .failed: try fail(result)
      case .syncDone: return
      case .unsupported: throw .unsupportedReply
      }
    }
    throw .connectionLost
  }

  private mutating func complete(_ result: ServerResult, _ names: inout StatementNames?) {
    switch steps[position] {
    case .prepare(let key, let name, _): names?.confirm(key, name: name)
    case .execute(let statement): results.append(ResultSet(result, statement: statement))
    }
  }

  private mutating func fail(_ result: ServerResult) throws(PostgresError.Kind) {
    let isAtSync = position == steps.count
    let error = result.error(in: isAtSync ? nil : steps[position].statement)
    guard error.kind != .connectionLost else { throw .connectionLost }
    failure = failure ?? error
    isRolledBack = isRolledBack || !isAtSync
  }
}
