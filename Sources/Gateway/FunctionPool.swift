internal import NIOCore

/// The processes of one function, and those who wait for one, in the order they came.
///
/// There are always `size` places; a place without a process starts one when it is used. So a process that died is
/// replaced by the next event, and one that cannot start is tried again no faster than events come.
actor FunctionPool {
  private enum Place: Sendable {
    case empty
    case running(FunctionProcess)
  }
  private struct Waiter {
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
  private var waiters: [Waiter] = []
  private var arrivals = 0

  init(_ function: Function, size: Int, limits: Limits, on executor: LoopExecutor) {
    self.function = function
    self.limits = limits
    self.executor = executor
    self.size = size
    free = Array(repeating: .empty, count: size)
  }

  /// - Parameter event: called when a process is free: a deadline inside starts then.
  /// - Throws: `FunctionFailure`.
  func reply(to event: @Sendable () -> ByteBuffer) async throws -> ByteBuffer {
    var place = try await take()
    for _ in 0...size {
      do {
        let process = try await process(in: place)
        let reply = try await process.reply(to: event())
        give(back: .running(process))
        return reply
      } catch FunctionFailure.gone {
        place = .empty
      } catch {
        give(back: .empty)
        throw error
      }
    }
    give(back: .empty)
    throw FunctionFailure.gone
  }

  /// Starts the first process, so that the first event need not wait; the others start when they are needed. A failure
  /// shows when an event comes.
  func warm() async {
    guard let place = free.popLast() else { return }
    guard let process = try? await process(in: place) else { return give(back: place) }
    give(back: .running(process))
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
  private func take() async throws -> Place {
    if let place = free.popLast() { return place }
    guard waiters.count < limits.queuedMax else { throw FunctionFailure.busy }
    arrivals += 1
    let number = arrivals
    let timeout = executor.loop.scheduleTask(in: TimeAmount(limits.queueing)) { [self] in
      _ = Task(executorPreference: executor) { await self.giveUp(number) }
    }
    return try await withCheckedThrowingContinuation {
      waiters.append(Waiter(number: number, continuation: $0, timeout: timeout))
    }
  }

  private func give(back place: Place) {
    guard !waiters.isEmpty else { return free.append(place) }
    let waiter = waiters.removeFirst()
    waiter.timeout.cancel()
    waiter.continuation.resume(returning: place)
  }

  private func giveUp(_ number: Int) {
    guard let index = waiters.firstIndex(where: { $0.number == number }) else { return }
    waiters.remove(at: index).continuation.resume(throwing: FunctionFailure.busy)
  }
}
