import StrictJSON
import TestSupport

/// One seeded life of an account: some devices, some people, a bad network, and in the end a quiet day on which everything
/// must be right.
package final class History {
  package let seed: UInt64
  package let profile: Profile
  let server: any Server
  var clients: [Client]
  var journal = Journal()
  var random: Seeded
  /// For what machines hold of one another.
  var twinRandom: Seeded
  /// The time people live in, in milliseconds.
  var nowMs: Int64
  var step = 0
  var network = Network()
  package private(set) var tally = Tally()
  /// What happened, when somebody wants to know.
  package private(set) var trace: [String]?
  let bug: ClientBug?
  var lastCall = 0

  /// - Parameters:
  ///   - name: of the devices, before their number; unique where the server is shared.
  ///   - startMs: when people begin to live.
  package init(
    seed: UInt64, _ server: (Tier) throws -> any Server, without excluded: Set<Feature> = [], bug: ClientBug? = nil,
    startMs: Int64 = 1_790_000_000_000, deviceSeed: UInt64? = nil, isTraced: Bool = false
  ) throws {
    var random = Seeded(seed)
    var twins = Seeded(seed &* 77 &+ 5)
    profile = Profile(&random, twins: &twins, without: excluded)
    twinRandom = twins
    let tier: Tier = random.number(0...3) == 0 ? .days : .sessions
    self.seed = seed
    self.server = try server(tier)
    self.bug = bug
    trace = isTraced ? [] : nil
    nowMs = startMs
    clients = []
    var names = Seeded(deviceSeed ?? seed &* 31)
    for number in 0..<profile.devices {
      let zone = random.pick(Zone.all)
      var client = Client(.any(&names), name: "device \(number)", zone: zone, tier: tier, bug: bug)
      if profile.has(.skewedClocks), random.number(0...1) == 0 {
        client.skewMs = History.skew(&random)
        client.clockWasSet()
      }
      clients.append(client)
    }
    self.random = random
    journal.hasSharedDaysOnly = tier == .days
    for client in clients { try self.server.enrol(client.id, name: client.own.name, zone: client.zone) }
  }

  /// - Returns: what is wrong in the end; nil when all is right.
  package func run() throws -> Failure? {
    note { "profile \(profile.devices) devices: \(profile.features.map(\.rawValue).sorted().joined(separator: " "))" }
    tally.histories = 1
    for _ in 0..<profile.operations {
      step += 1
      tally.operations += 1
      passTime()
      try act()
      try moveNetwork()
    }
    do {
      let before = clients
      let audit = try settle()
      try Oracle(journal, profile, before: before, after: clients, audit).judge()
    } catch let failure as Failure {
      note { "\(failure)" }
      tally.failures[failure.kind] = 1
      return failure
    }
    tally.repairs = clients.reduce(0) { $0 + $1.repairs }
    return nil
  }

  private func passTime() {
    switch random.number(0...9) {
    case 0: nowMs += random.number(0...43_200_000)
    case 1: break
    default: nowMs += random.number(0...20_000)
    }
  }

  func note(_ line: () -> String) { trace?.append("\(step) \(line())") }

  func count(_ change: (inout Tally) -> Void) { change(&tally) }

  /// Some hours to some decades off.
  static func skew(_ random: inout Seeded) -> Int64 {
    let hour: Int64 = 3_600_000
    let sizes = [
      random.number(1...50_000), random.number(60_001...hour), random.number(1...72) * hour, 2_300_000_000_000,
    ]
    return random.pick(sizes) * (random.number(0...1) == 0 ? 1 : -1)
  }

  func wallMs() -> Int64 { server.wallMs(journalMs: nowMs) }
}

extension DeviceID {
  /// A random UUID.
  static func any(_ random: inout Seeded) -> DeviceID {
    func hex(_ digits: Int) -> String {
      let text = String(random.next() >> (64 - UInt64(digits * 4)), radix: 16)
      return String(repeating: "0", count: digits - text.utf8.count) + text
    }
    return DeviceID("\(hex(8))-\(hex(4))-4\(hex(3))-8\(hex(3))-\(hex(12))")
  }
}
