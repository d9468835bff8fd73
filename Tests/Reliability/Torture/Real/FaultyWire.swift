import Glibc
import Synchronization
import TestSupport

/// A wire between functions and PostgreSQL that is cut, slow, or swallows what it is given, until it is healed.
final class FaultyWire: Sendable {
  private let relay: Relay
  private let faults: Faults

  init(to server: UInt16, seed: UInt64) throws {
    let faults = Faults(seed: seed)
    self.faults = faults
    relay = try Relay(to: .port(server)) { FaultyConnection(faults: faults) }
  }

  deinit {
    heal()
    relay.stopListening()
  }

  var port: UInt16 { relay.port }

  var isFaulty: Bool { faults.isFaulty.load(ordering: .relaxed) }

  func heal() { faults.isFaulty.store(false, ordering: .relaxed) }
}

private enum Fault {
  /// The request does not arrive.
  case cutRequest
  /// The request arrives and the reply, that of COMMIT too, does not.
  case cutReply
  /// Half of the reply arrives.
  case halveReply
  /// Some milliseconds.
  case delay
  /// Everything is swallowed, and nobody hangs up.
  case blackHole
}

/// The faults of all connections of a wire, one after another.
private final class Faults: Sendable {
  let isFaulty = Atomic(true)
  private let random: Mutex<Seeded>

  init(seed: UInt64) { random = Mutex(Seeded(seed &+ 99)) }

  func next() -> Fault? {
    guard isFaulty.load(ordering: .relaxed) else { return nil }
    return random.withLock { random in
      switch random.number(0...99) {
      case 0..<4: .cutRequest
      case 4..<9: .cutReply
      case 9..<12: .halveReply
      case 12..<20: .delay
      case 20..<21: .blackHole
      default: nil
      }
    }
  }
}

/// Each piece of a request draws what happens to it and to the reply.
private struct FaultyConnection: Relay.Interference {
  let faults: Faults
  var fault: Fault?

  func bytesMax(from side: Relay.Side) -> Int { .max }

  mutating func decision(on count: Int, from side: Relay.Side) -> Relay.Decision {
    if side == .client { fault = faults.next() }
    switch (fault, side) {
    case (.cutRequest, .client), (.cutReply, .server): return .hangUp
    case (.halveReply, .server): return .passFirst(count / 2)
    case (.delay, .client):
      usleep(20_000)
      return .pass
    case (.blackHole, .server): return .swallow
    case (.cutRequest, .server), (.cutReply, .client), (.halveReply, .client), (.delay, .server), (.blackHole, .client),
      (nil, _):
      return .pass
    }
  }
}
