internal import CLibpq

/// libpq's connection, never blocking: each wait is a poll(2) of our own, with a deadline.
@safe final class Session {
  private let handle: OpaquePointer
  let remarks = Remarks()
  /// Reading or writing failed; what the server said before can still be read.
  private(set) var isBroken = false
  /// All that was sent has left this process.
  private(set) var isFlushed = true

  init(_ configuration: PostgresConfiguration, until deadline: ContinuousClock.Instant) throws(PostgresError) {
    let certificates = try configuration.caCertificate.map { (pem) throws(PostgresError) in try CertificateFile(pem) }
    defer { certificates?.remove() }
    let options = try ConnectOptions(configuration, caPath: certificates?.path)
    guard let handle = unsafe options.start() else { throw PostgresError(.connectFailed) }
    unsafe self.handle = handle
    unsafe remarks.listen(to: handle)  // libpq itself would print them on stderr
    _ = unsafe PQsetErrorVerbosity(handle, PQERRORS_SQLSTATE)
    try connect(until: deadline)
    // For a Unix socket libpq skips TLS, whatever sslmode says.
    if certificates != nil, unsafe PQsslInUse(handle) == 0 { throw PostgresError(.tlsFailed) }
    guard unsafe PQsetnonblocking(handle, 1) == 0 else { throw PostgresError(.connectFailed) }
  }

  deinit { unsafe PQfinish(handle) }

  private func connect(until deadline: ContinuousClock.Instant) throws(PostgresError) {
    var state = unsafe PQstatus(handle) == CONNECTION_BAD ? PGRES_POLLING_FAILED : PGRES_POLLING_WRITING
    while state != PGRES_POLLING_OK {
      guard state != PGRES_POLLING_FAILED else { throw connectFailure }
      let events: SocketEvents = state == PGRES_POLLING_READING ? .readable : .writable
      do throws(PostgresError.Kind) {
        _ = unsafe try wait(for: events, on: PQsocket(handle), until: deadline)
      } catch { throw PostgresError(error) }
      unsafe state = PQconnectPoll(handle)
    }
  }

  private var connectFailure: PostgresError {
    PostgresError(libpqMessage: unsafe String(cString: PQerrorMessage(handle)))
  }

  /// No transaction is open and no statement is under way.
  var isIdle: Bool { unsafe PQtransactionStatus(handle) == PQTRANS_IDLE }

  /// A transaction is open, and nothing in it has failed.
  var isInTransaction: Bool { unsafe PQtransactionStatus(handle) == PQTRANS_INTRANS }

  /// The server has not hung up, nor said anything that nobody asked for.
  var isSilent: Bool { unsafe !hasNews(PQsocket(handle)) }
}

/// Sending: everything is queued in memory; it leaves as the socket takes it. Each answers whether libpq took it.
extension Session {
  func enterPipeline() -> Bool { unsafe PQenterPipelineMode(handle) == 1 }
  func exitPipeline() -> Bool { unsafe PQexitPipelineMode(handle) == 1 }

  func sendPrepare(_ statement: SQL, name: String) -> Bool {
    let types = statement.parameters.map(\.type.rawValue)
    return unsafe PQsendPrepare(handle, name, statement.text, Int32(types.count), types) == 1
  }

  /// - Parameter name: of the prepared statement; nil sends the text itself.
  func sendExecute(_ statement: SQL, name: String?) -> Bool {
    let parameters = statement.parameters
    let count = Int32(parameters.count)
    let lengths = parameters.map { Int32($0.range?.count ?? 0) }
    let binary = [Int32](repeating: 1, count: parameters.count)
    return unsafe statement.encoder.bytes.withUnsafeBytes { buffer in
      let bytes = unsafe buffer.bindMemory(to: CChar.self).baseAddress
      let values = unsafe parameters.map { parameter in
        unsafe parameter.range.flatMap { range in unsafe bytes.map { unsafe $0 + range.lowerBound } }
      }
      if let name { return unsafe PQsendQueryPrepared(handle, name, count, values, lengths, binary, 1) == 1 }
      let types = parameters.map(\.type.rawValue)
      return unsafe PQsendQueryParams(handle, statement.text, count, types, values, lengths, binary, 1) == 1
    }
  }

  func sendSync() -> Bool { sent(unsafe PQpipelineSync(handle)) }

  /// By the simple protocol: several statements, no values.
  func sendScript(_ text: String) -> Bool { sent(unsafe PQsendQuery(handle, text)) }

  private func sent(_ code: Int32) -> Bool {
    flush()
    return code == 1
  }

  private func flush() {
    let left = unsafe PQflush(handle)  // 0: nothing, 1: something, -1: the socket is broken
    isFlushed = left == 0
    isBroken = isBroken || left < 0
  }
}

extension Session {
  /// The next result of the statements sent; nil ends those of one statement.
  /// - Throws: `deadlineExpired`.
  func nextResult(until deadline: ContinuousClock.Instant?) throws(PostgresError.Kind) -> ServerResult? {
    while !isBroken, unsafe PQisBusy(handle) == 1 { try exchange(until: deadline) }
    return unsafe PQgetResult(handle).map { unsafe ServerResult($0) }
  }

  /// Reads and writes whatever is possible: a server that cannot send does not read either, so waiting for only
  /// one of the two could be for ever.
  private func exchange(until deadline: ContinuousClock.Instant?) throws(PostgresError.Kind) {
    let events: SocketEvents = isFlushed ? .readable : [.readable, .writable]
    let found = unsafe try wait(for: events, on: PQsocket(handle), until: deadline)
    if found.contains(.readable), unsafe PQconsumeInput(handle) == 0 { isBroken = true }
    if !isFlushed { flush() }
  }
}
