internal import NIOCore

/// The processes of one function, and those who wait for one: callers in turn, and the requests of one in the order they
/// came.
///
/// A process that waits does nothing else, so nobody gets all of them: not one caller, whose account may be locked for a
/// while, and not all sign-ins together, while they wait for somebody else's server.
///
/// There are always `size` places; a place without a process starts one when it is used. So a process that died is
/// replaced by the next event, and one that cannot start is tried again no faster than events come.
actor FunctionPool {
  private enum Place: Sendable {
    case empty
    case running(FunctionProcess)
  }
  private struct Waiter: Sendable {
    let number: Int
    let continuation: CheckedContinuation<Place, any Error>
    let timeout: Scheduled<Void>
  }

  nonisolated let function: Function
  private let limits: Limits
  private let executor: LoopExecutor
  private let size: Int
  /// The last one used is the first to be used again.
  private var free: [Place]
  private var line = Line<Caller, Waiter>()
  private var arrivals = 0
  /// Processes that work for each, and that may wait for somebody else's server.
  private var working: [Caller: Int] = [:]
  private var outbound = 0
  private var isEnding = false

  init(_ function: Function, size: Int, limits: Limits, on executor: LoopExecutor) {
    self.function = function
    self.limits = limits
    self.executor = executor
    self.size = size
    free = Array(repeating: .empty, count: size)
  }

  /// - Parameters:
  ///   - isOutbound: whether the function may wait for somebody else's server.
  ///   - event: called when a process is free: a deadline inside starts then.
  /// - Throws: `FunctionFailure`.
  func reply(
    for caller: Caller, isOutbound: Bool = false, to event: @Sendable () -> ByteBuffer
  ) async throws -> ByteBuffer {
    if isOutbound {
      guard outbound < outboundMax else { throw FunctionFailure.busyProvider }
      outbound += 1
    }
    defer { if isOutbound { outbound -= 1 } }
    var place = try await take(for: caller)
    for _ in 0...size {
      do {
        let process = try await process(in: place)
        let reply = try await process.reply(to: event())
        give(back: .running(process), of: caller)
        return reply
      } catch FunctionFailure.gone {
        place = .empty
      } catch {
        give(back: .empty, of: caller)
        throw error
      }
    }
    give(back: .empty, of: caller)
    throw FunctionFailure.gone
  }

  /// Two, and never the last place, unless it is the only one.
  private var outboundMax: Int { max(1, min(Limits.outboundMax, size - 1)) }

  /// Starts the first process, so that the first event need not wait; the others start when they are needed. A failure
  /// shows when an event comes.
  func warm() async {
    guard let place = free.popLast() else { return }
    guard let process = try? await process(in: place) else { return put(back: place) }
    put(back: .running(process))
  }

  /// Ends the processes; no event may be running.
  func stop() async {
    let places = free
    free = []
    await withDiscardingTaskGroup { group in
      for case .running(let process) in places { group.addTask { await process.stop() } }
    }
  }

  private func process(in place: Place) async throws -> FunctionProcess {
    switch place {
    case .running(let process): process
    case .empty: try await FunctionProcess.start(function, limits: limits, on: executor.loop)
    }
  }
}

// MARK: - Waiting

extension FunctionPool {
  /// Who waits is told to come back, because nothing has begun for him; who is served is served to the end.
  func end() {
    isEnding = true
    for waiter in line.removeAll() {
      waiter.timeout.cancel()
      waiter.continuation.resume(throwing: FunctionFailure.ending)
    }
  }

  private func take(for caller: Caller) async throws -> Place {
    guard !isEnding else { throw FunctionFailure.ending }
    if mayWork(for: caller), let place = free.popLast() {
      working[caller, default: 0] += 1
      return place
    }
    guard line.count < limits.queuedMax else { throw FunctionFailure.busy }
    guard line.count(of: caller) < limits.queuedPerCallerMax else { throw FunctionFailure.busyCaller }
    arrivals += 1
    let number = arrivals
    let timeout = executor.loop.scheduleTask(in: TimeAmount(limits.queueing)) { [self] in
      _ = Task(executorPreference: executor) { await self.giveUp(number, caller) }
    }
    return try await withCheckedThrowingContinuation {
      line.append(Waiter(number: number, continuation: $0, timeout: timeout), of: caller)
    }
  }

  /// Behind an address there may be many, so only one who says who he is leaves a place to others.
  private func mayWork(for caller: Caller) -> Bool {
    !caller.isOne || working[caller, default: 0] < max(1, size - 1)
  }

  private func give(back place: Place, of caller: Caller) {
    let count = working[caller, default: 1] - 1
    working[caller] = count > 0 ? count : nil
    put(back: place)
  }

  private func put(back place: Place) {
    guard let (next, waiter) = line.next(where: { mayWork(for: $0) }) else { return free.append(place) }
    working[next, default: 0] += 1
    waiter.timeout.cancel()
    waiter.continuation.resume(returning: place)
  }

  private func giveUp(_ number: Int, _ caller: Caller) {
    guard let waiter = line.remove(of: caller, where: { $0.number == number }) else { return }
    waiter.continuation.resume(throwing: FunctionFailure.busy)
  }
}
