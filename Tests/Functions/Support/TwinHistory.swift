import Foundation
import StrictJSON
import TestSupport
import Testing

/// A seeded life of one history on several machines: exports that are imported, secrets that are lost, accounts that are
/// merged and parted, sessions that are deleted, devices that are cleared. What each machine holds is kept beside it.
struct TwinHistory {
  struct Machine {
    var device: Device
    /// Whether it is of the second account while the two are apart.
    let isSecond: Bool
    /// By id, which practice it is.
    var held: [String: Int] = [:]
    var deleted: Set<String> = []
    var marker: Int?
  }

  private(set) var machines: [Machine] = []
  private var random: Seeded
  private var practised = 0
  private var isMerged = false
  /// Whether anything was taken away, whose XP the counters may go on telling.
  private var hasLess = false

  init(seed: UInt64) throws {
    random = Seeded(seed)
    for isSecond in [false, true] {
      let device = try Device(timeZone: random.pick(TwinHistory.zones))
      _ = try device.choose(detail: "sessions")
      machines.append(Machine(device: device, isSecond: isSecond))
    }
  }

  private static let zones = ["UTC", "Pacific/Kiritimati", "Pacific/Pago_Pago", "America/Costa_Rica", "Asia/Kathmandu"]

  mutating func step() throws {
    let index = Int(random.number(0...Int64(machines.count - 1)))
    switch random.number(0...11) {
    case 0...2: try practise(index)
    case 3...5: try importAll(of: Int(random.number(0...Int64(machines.count - 1))), at: index)
    case 6: try loseSecret(index)
    case 7: try isMerged ? part() : merge()
    case 8, 9: try delete(by: index)
    case 10: try clear(index)
    default: try push(Array(machines[index].held.keys), index)
    }
  }

  // MARK: - What happens

  private mutating func practise(_ index: Int) throws {
    practised += 1
    machines[index].held["sess-\(practised)"] = practised
    try push(["sess-\(practised)"], index)
  }

  /// Sometimes under other ids, as another tool may write them.
  private mutating func importAll(of other: Int, at index: Int) throws {
    let prefix = random.number(0...3) == 0 ? "other-" : ""
    var sent: [String] = []
    for (id, practice) in machines[other].held where !machines[index].held.values.contains(practice) {
      guard !machines[index].deleted.contains(prefix + id), machines[index].held[prefix + id] == nil else { continue }
      machines[index].held[prefix + id] = practice
      sent.append(prefix + id)
    }
    try push(sent, index)
  }

  /// The machine takes a new id, is paired again, and pushes the sessions it still holds.
  private mutating func loseSecret(_ index: Int) throws {
    guard machines.count < 6 else { return }
    let device = try machines[index].device.paired(timeZone: random.pick(TwinHistory.zones))
    machines.append(
      Machine(device: device, isSecond: machines[index].isSecond && !isMerged, held: machines[index].held))
    try push(Array(machines[index].held.keys), machines.count - 1)
  }

  private mutating func merge() throws {
    guard !machines.isEmpty else { return }
    let target = machines.first { !$0.isSecond }!.device
    let second = machines.indices.filter { machines[$0].isSecond }
    machines[second[0]].device = try machines[second[0]].device.merged(into: target)
    for index in second.dropFirst() { machines[index].device = try machines[index].device.refreshed() }
    isMerged = true
  }

  private mutating func part() throws {
    let target = machines.first { !$0.isSecond }!.device
    let reply = try target.undo(try target.newestMerge())
    try #require(reply.status == 200, "\(reply.line)")
    for index in machines.indices where machines[index].isSecond {
      machines[index].device = try machines[index].device.refreshed()
    }
    isMerged = false
  }

  private mutating func delete(by index: Int) throws {
    let near = machines.indices.filter { isTogether($0, index) && !machines[$0].held.isEmpty }
    guard !near.isEmpty else { return }
    let owner = random.pick(near)
    let id = random.pick(machines[owner].held.keys.sorted())
    try machines[index].device.delete(id, of: machines[owner].device)
    machines[owner].held[id] = nil
    machines[owner].deleted.insert(id)
    hasLess = true
  }

  private mutating func clear(_ index: Int) throws {
    guard random.number(0...2) == 0 else { return }
    machines[index].marker = (machines[index].marker ?? 0) + 1
    machines[index].deleted.formUnion(machines[index].held.keys)
    machines[index].held = [:]
    try push([], index)
    hasLess = true
  }

  // MARK: - What is sent, and what must be there

  private func push(_ ids: [String], _ index: Int) throws {
    let machine = machines[index]
    var push = JSONObject([("sessions", .array(ids.sorted().map { TwinHistory.session($0, machine.held[$0]!) }))])
    let xp = machine.held.values.reduce(0) { $0 + TwinHistory.xp($1) }
    push["counters"] = [
      "totalXP": .integer(xp), "longestStreak": 0, "challengesCompleted": 0, "totalMeditationTime": 0,
    ]
    push["reset"] = machine.marker.map { ["at": .string("2026-04-01T00:00:0\($0).000Z")] }
    _ = try machine.device.sync(["push": .object(push)])
  }

  /// Beside midnight of one of the zones, so that copies have other dates.
  private static func session(_ id: String, _ practice: Int) -> JSON {
    let start = Date(timeIntervalSince1970: 1_772_460_000 + Double(practice) * 18_000)
    return Practice.session(
      id, at: Practice.stamp(start), to: Practice.stamp(start.addingTimeInterval(300)), cycles: Int64(practice % 3))
  }

  private static func xp(_ practice: Int) -> Int64 { Int64(practice % 3) + 3 }

  private func isTogether(_ a: Int, _ b: Int) -> Bool { isMerged || machines[a].isSecond == machines[b].isSecond }

  /// That each session of an account counts once, and that all agree.
  func judge(_ comment: Comment) throws {
    for first in [machines.firstIndex { !$0.isSecond }!, machines.firstIndex { $0.isSecond }!] {
      let together = machines.indices.filter { isTogether($0, first) }
      let practices = Set(together.flatMap { machines[$0].held.values })
      let reply = try machines[first].device.sync([:])
      #expect(reply["progress.sessions"] == JSON(practices.count), comment)
      #expect(reply["progress.activeMs"] == JSON(practices.count * 300_000), comment)
      let xp = practices.reduce(0) { $0 + TwinHistory.xp($1) }
      let there = try reply.integer("progress.totalXP")
      #expect(hasLess ? there >= xp : there == xp, comment)
      try machines[first].device.expectSoundDigest()
      try expectSound(machines[first].device)
    }
  }
}
