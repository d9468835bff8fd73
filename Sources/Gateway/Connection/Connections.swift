internal import NIOCore

/// What all connections share, on the one event loop: how many come from where, and how many bytes of bodies are held.
final class Connections {
  private let limits: Limits
  private let trustedProxies: TrustedProxies
  private let onEnding: @Sendable () -> Void
  private var counts: [IPAddress: Int] = [:]
  private var heldBytes = 0
  private var unfinished: [ObjectIdentifier: ConnectionHandler] = [:]
  private var isEnding = false

  /// - Parameter onEnding: called once, when connections are asked to come to an end.
  init(limits: Limits, trustedProxies: TrustedProxies, onEnding: @escaping @Sendable () -> Void) {
    self.limits = limits
    self.trustedProxies = trustedProxies
    self.onEnding = onEnding
  }

  func end() {
    guard !isEnding else { return }
    isEnding = true
    onEnding()
  }
}

// MARK: - Addresses

extension Connections {
  /// - Returns: where it counts, to be given to `leave` when it is gone; nil when it is one too many.
  func enter(from address: IPAddress?) -> Place? {
    guard let address, !trustedProxies.mayBeProxy(address) else { return .uncounted }
    let count = counts[address.customer, default: 0]
    guard count < limits.connectionsPerAddressMax else { return nil }
    counts[address.customer] = count + 1
    return .counted(address.customer)
  }

  func leave(_ place: Place) {
    guard case .counted(let customer) = place, let count = counts[customer] else { return }
    counts[customer] = count > 1 ? count - 1 : nil
  }

  enum Place {
    case uncounted
    case counted(IPAddress)
  }
}

// MARK: - Bodies

extension Connections {
  /// Counts bytes that a connection has begun to hold. When all together are too many, those that have been held longest
  /// and are most are given up, which may be these.
  func hold(_ bytes: Int, by reader: ConnectionHandler) {
    heldBytes += bytes
    unfinished[ObjectIdentifier(reader)] = reader
    let now = ContinuousClock.now
    while heldBytes > limits.bodiesBytesMax {
      guard let largest = unfinished.values.max(by: { $0.burden(at: now) < $1.burden(at: now) }) else { return }
      largest.giveUp()
    }
  }

  /// It is whole: nobody takes it back any more.
  func finish(_ reader: ConnectionHandler) { unfinished[ObjectIdentifier(reader)] = nil }

  func release(_ bytes: Int, by reader: ConnectionHandler) {
    heldBytes -= bytes
    unfinished[ObjectIdentifier(reader)] = nil
  }
}
