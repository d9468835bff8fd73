internal import FoundationEssentials

/// What a person who pushes one session feels while somebody else's device asks for the dearest things that an account as
/// large as the bounds allow can ask for, one after the other without a pause.
struct Neighbours {
  private let workbench: Workbench
  private let gateway: GatewayChild
  private let people: [Pusher]
  private static let accounts = 8, perSecond = 50

  init(_ workbench: Workbench) throws {
    self.workbench = workbench
    gateway = try GatewayChild(workbench)
    people = try (0..<Neighbours.accounts).map { _ in try Pusher(workbench, size: 1, as: .http) }
  }

  func measure() throws -> [Figure] {
    let dear = try DearRequests(workbench).all()
    // Half a million rows came: what the database does about that is no neighbour's doing.
    try workbench.vacuum()
    _ = try pushes(beside: nil)
    let quiet = try pushes(beside: nil).quiet.quantile(0.99)
    let alone = Figure(
      what: "push of 1, \(Neighbours.perSecond)/s, p99", value: quiet, unit: "ms",
      method: "open loop through the gateway, \(Neighbours.accounts) accounts, nobody else")
    return [alone]
      + (try dear.map { request in
        let outcome = try pushes(beside: request)
        return Figure(
          what: "the same beside \(request.name), of its p99 alone",
          value: outcome.quiet.quantile(0.99) / max(quiet, 0.01), unit: "×", target: .atMost(2),
          method: """
            one connection, \(outcome.dear.values.count) times, median \
            \(Int(outcome.dear.quantile(0.5).rounded())) ms, statuses \(outcome.statuses); push p50 \
            \((outcome.quiet.quantile(0.5) * 10).rounded() / 10) ms, p99 \
            \((outcome.quiet.quantile(0.99) * 10).rounded() / 10) ms
            """)
      })
  }

  private func pushes(beside dear: DearRequest?) throws -> NeighbourOutcome {
    try workbench.waitForAutovacuum()
    let people = people
    return try NeighbourLoop(
      lanes: people.map { _ in try HTTPConnection(port: gateway.port) }, perSecond: Neighbours.perSecond,
      request: { people[$0].next() }, onAnswer: { people[$0].take($1) },
      dear: try dear.map { ($0, try HTTPConnection(port: gateway.port, takesAnyStatus: true)) }
    ).run(for: workbench.time)
  }
}

struct NeighbourOutcome {
  /// Latencies of the people who push.
  var quiet = Times()
  /// Latencies of the neighbour.
  var dear = Times()
  /// How often each status was the neighbour's answer.
  var counts: [String: Int] = [:]

  var statuses: String { counts.sorted { $0.key < $1.key }.map { "\($0.key) × \($0.value)" }.joined(separator: ", ") }
}

/// Requests at fixed times on some lanes, and on one more lane the next as soon as the last is answered.
struct NeighbourLoop {
  let lanes: [any Lane]
  let perSecond: Int
  /// For the lane of that place.
  let request: (Int) -> [UInt8]
  let onAnswer: (Int, [UInt8]) -> Void
  let dear: (request: DearRequest, lane: any Lane)?

  /// At least this long, and until the neighbour's last answer is there.
  func run(for time: Duration) throws -> NeighbourOutcome {
    var outcome = NeighbourOutcome()
    let begin = ContinuousClock.now
    var due = begin
    var since: [ContinuousClock.Instant?] = Array(repeating: nil, count: lanes.count)
    var dearSince = try ask(begin)
    let descriptors = lanes.map(\.descriptor) + (dear.map { [$0.lane.descriptor] } ?? [])
    while .now < begin + time || dearSince != nil || since.contains(where: { $0 != nil }) {
      let isOpen = .now < begin + time || dearSince != nil
      while isOpen, due <= .now, let lane = since.firstIndex(where: { $0 == nil }) {
        since[lane] = due
        try lanes[lane].send(request(lane))
        due += .seconds(1) / perSecond
      }
      for place in Descriptors.wait(for: descriptors, timeout: max(.zero, due - .now)) {
        if place == lanes.count {
          guard let dear, let began = dearSince, let answer = try dear.lane.receive() else { continue }
          outcome.dear.add(.now - began)
          outcome.counts[String(decoding: answer.dropFirst(9).prefix(3), as: UTF8.self), default: 0] += 1
          dear.request.take(answer)
          dearSince = .now < begin + time ? try ask(.now) : nil
        } else if let began = since[place], let answer = try lanes[place].receive() {
          outcome.quiet.add(.now - began)
          onAnswer(place, answer)
          since[place] = nil
        }
      }
    }
    return outcome
  }

  /// - Returns: when the neighbour asked; nil when it has nothing more to ask.
  private func ask(_ now: ContinuousClock.Instant) throws -> ContinuousClock.Instant? {
    guard let dear, let bytes = dear.request.next() else { return nil }
    try dear.lane.send(bytes)
    return now
  }
}
