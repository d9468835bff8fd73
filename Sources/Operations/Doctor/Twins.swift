import Backend
import BreathDomain
import FoundationEssentials

/// Whose copies count of sessions that several devices hold, and who shares history with whom.
struct Twins {
  /// By session content, the device whose copies count; only where several devices have it.
  private let holders: [Session.Content: UUID]
  /// By device, those that had a session of it, in the order of their ids.
  let links: [UUID: [UUID]]
  /// By device, the least of those that it shares history with, directly or through others.
  let groups: [UUID: UUID]

  init(_ stored: StoredAccount) {
    var copies: [Session.Content: [UUID: [StoredAccount.StoredSession]]] = [:]
    for row in stored.sessions {
      if let session = row.session { copies[session.content, default: [:]][row.device, default: []].append(row) }
    }
    copies = copies.filter { $0.value.count > 1 }
    holders = copies.compactMapValues(Twins.holder)
    links = Twins.links(stored, copies.values.map { Array($0.keys) })
    groups = Twins.groups(links, of: Set(stored.devices.filter { !$0.hasLeft }.map(\.id)))
  }

  func counts(_ row: StoredAccount.StoredSession, _ session: Session) -> Bool {
    holders[session.content].map { $0 == row.device } ?? true
  }

  /// The device with most copies; on a tie the one whose copies count already, or came first.
  private static func holder(_ copies: [UUID: [StoredAccount.StoredSession]]) -> UUID? {
    copies.max { a, b in
      let (old, new) = (rank(a.value), rank(b.value))
      return (old.copies, old.counts, old.age) < (new.copies, new.counts, new.age)
    }?.key
  }

  private static func rank(_ copies: [StoredAccount.StoredSession]) -> (copies: Int, counts: Int, age: Int64) {
    (copies.count, copies.contains(where: \.counts) ? 1 : 0, -(copies.map(\.version).min() ?? 0))
  }

  /// What is kept from earlier, and what the sessions that are here show. Those who have a session in common need not be
  /// linked directly: each is with the one whose copies counted when it came.
  private static func links(_ stored: StoredAccount, _ together: [[UUID]]) -> [UUID: [UUID]] {
    var links = Dictionary(uniqueKeysWithValues: stored.devices.map { ($0.id, Set($0.twins)) })
    for devices in together {
      let reached = reach(from: devices[0], links)
      for device in devices.dropFirst() where !reached.contains(device) {
        links[devices[0], default: []].insert(device)
        links[device, default: []].insert(devices[0])
      }
    }
    return links.mapValues { $0.sorted { $0.lowercased < $1.lowercased } }
  }

  private static func groups(_ links: [UUID: [UUID]], of present: Set<UUID>) -> [UUID: UUID] {
    let here = links.filter { present.contains($0.key) }.mapValues { Set($0.filter(present.contains)) }
    var groups: [UUID: UUID] = [:]
    for device in present {
      let reached = reach(from: device, here)
      if reached.count > 1 { groups[device] = reached.min { $0.lowercased < $1.lowercased } }
    }
    return groups
  }

  private static func reach(from start: UUID, _ links: [UUID: Set<UUID>]) -> Set<UUID> {
    var (reached, open) = (Set([start]), [start])
    while let device = open.popLast() {
      for other in links[device] ?? [] where reached.insert(other).inserted { open.append(other) }
    }
    return reached
  }
}

extension DayTotal {
  /// As SQL adds, without `add(_:)`'s upper limits, which a later deletion could not take back.
  mutating func add(_ session: Session, times: Int64) {
    sessions += times
    activeMs += times * session.countedMs
    cycles += times * max(0, session.cycles)
    xp += times * session.xp
  }

  /// What is left of a report without what another device tells as well.
  func without(_ twins: DayTotal) -> DayTotal {
    DayTotal(
      date: date, sessions: sessions - twins.sessions, activeMs: activeMs - twins.activeMs,
      cycles: cycles - twins.cycles, xp: xp - twins.xp)
  }
}
