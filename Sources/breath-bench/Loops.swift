/// What a loop saw.
struct Outcome {
  var times = Times()
  var count = 0
  var elapsed = Duration.zero

  var perSecond: Double { Double(count) / (elapsed / .seconds(1)) }
}

/// Closed loop: each lane gets its next request as soon as its answer is there, so the load follows the speed.
struct ClosedLoop {
  let lanes: [any Lane]
  /// For the lane of that place.
  let request: (Int) -> [UInt8]
  var onAnswer: (Int, [UInt8]) -> Void = { _, _ in }

  /// Runs a tenth of the time first, uncounted: connections, statements and caches are warm then.
  func run(for time: Duration) throws -> Outcome {
    _ = try run(until: .now + time / 10)
    return try run(until: .now + time)
  }

  /// - Parameter countMax: how many requests at most.
  func run(until end: ContinuousClock.Instant, countMax: Int = .max) throws -> Outcome {
    var outcome = Outcome()
    let begin = ContinuousClock.now
    var sent = [ContinuousClock.Instant](repeating: begin, count: lanes.count)
    var started = 0
    var busy = Set<Int>()
    func send(_ place: Int) throws {
      guard started < countMax, started < lanes.count || .now < end else { return }
      started += 1
      sent[place] = .now
      try lanes[place].send(request(place))
      busy.insert(place)
    }
    for place in lanes.indices { try send(place) }
    let descriptors = lanes.map(\.descriptor)
    while !busy.isEmpty {
      for place in Descriptors.wait(for: descriptors) {
        guard let answer = try lanes[place].receive() else { continue }
        busy.remove(place)
        outcome.count += 1
        outcome.times.add(.now - sent[place])
        onAnswer(place, answer)
        try send(place)
      }
    }
    outcome.elapsed = .now - begin
    return outcome
  }
}

/// Open loop: requests come at fixed times, whether or not the ones before are answered. A time counts from when its
/// request was due, so a stall is felt by everyone behind it.
struct OpenLoop {
  let lanes: [any Lane]
  let perSecond: Int
  /// The number of the request, from 0.
  let request: (Int) -> [UInt8]

  func run(for time: Duration) throws -> Outcome {
    var outcome = Outcome()
    let begin = ContinuousClock.now
    let count = Int(time / .seconds(1)) * perSecond
    func due(_ number: Int) -> ContinuousClock.Instant { begin + .seconds(1) / perSecond * number }
    var numberOfLane: [Int?] = Array(repeating: nil, count: lanes.count)
    var free = Array(lanes.indices.reversed())
    var next = 0
    let descriptors = lanes.map(\.descriptor)
    while outcome.count < count {
      while next < count, due(next) <= .now, let lane = free.popLast() {
        numberOfLane[lane] = next
        try lanes[lane].send(request(next))
        next += 1
      }
      let pause: Duration? = next < count && !free.isEmpty ? due(next) - .now : nil
      for lane in Descriptors.wait(for: descriptors, timeout: pause) {
        guard let number = numberOfLane[lane], try lanes[lane].receive() != nil else { continue }
        outcome.times.add(.now - due(number))
        outcome.count += 1
        numberOfLane[lane] = nil
        free.append(lane)
      }
    }
    outcome.elapsed = .now - begin
    return outcome
  }
}
