import Backend
package import BreathDomain
package import FoundationEssentials
import Practice

/// Something stored that does not follow from the events.
package struct Difference: Sendable, CustomStringConvertible {
  /// Where, in words an operator understands.
  let place: String
  let stored: String
  let derived: String

  package var description: String { "\(place): stored \(stored), should be \(derived)" }
}

/// Derives every number of an account anew from its events, by the domain's own rules and not by the statements that keep
/// them, and compares.
struct Examination {
  private let stored: StoredAccount
  private(set) var differences: [Difference] = []
  /// By device and date.
  private(set) var derivedDays: [DayKey: DayTotal] = [:]
  /// Days of devices with single sessions that count of another device; also those of which no session is left here.
  private(set) var twinDays: [DayKey: DayTotal] = [:]
  let twins: Twins
  private(set) var sums: [UUID: Sums] = [:]
  private(set) var digest = Digest()
  private(set) var digests: [UUID: Digest] = [:]
  private(set) var counts = StoredAccount.Counts()
  private(set) var practised = PracticeDates([])

  struct DayKey: Hashable {
    let device: UUID
    let date: LocalDate
  }

  init(_ stored: StoredAccount) {
    self.stored = stored
    twins = Twins(stored)
    for session in stored.sessions { examine(session) }
    for tombstone in stored.tombstones { examine(tombstone) }
    examineDays()
    examineDevices()
    compare("digest", stored.digest.text, digest.text)
    compare("records of the account", "\(stored.counts)", "\(counts)")
    compare("practised days", text(of: stored.practised), text(of: practised))
    compare("XP of challenges", "\(stored.awardedXP)", "\(stored.claimedXP)")
    examineVersions()
  }

  private mutating func compare(_ place: String, _ stored: String, _ derived: String) {
    if stored != derived { differences.append(Difference(place: place, stored: stored, derived: derived)) }
  }

  private func text(of dates: PracticeDates) -> String {
    dates.runs.map { "\($0.lowerBound)…\($0.upperBound)" }.joined(separator: " ")
  }
}

// MARK: - Records

extension Examination {
  private mutating func examine(_ row: StoredAccount.StoredSession) {
    let place = "session \(row.id) of device \(row.device.lowercased)"
    guard let session = row.session else {
      return compare("\(place), facts", "what is no session", "what its device stated")
    }
    let counted = StoredAccount.Counted(
      startedAt: session.startedAt, activeMs: session.countedMs, cycles: max(0, session.cycles), xp: session.xp)
    compare("\(place), counted", "\(row.counted)", "\(counted)")
    let hash = Hash(session, of: row.device)
    compare("\(place), hash", "\(row.hash)", "\(hash)")
    compare("\(place), id", row.id, session.id)
    add(hash, of: row.device)
    counts.kept += 1
    let isCounted = twins.counts(row, session)
    compare("\(place), counts", "\(row.counts)", "\(isCounted)")
    let key = DayKey(device: row.device, date: row.localDate)
    derivedDays[key, default: DayTotal(date: key.date)].add(session, times: isCounted ? 1 : 0)
    twinDays[key, default: DayTotal(date: key.date)].add(session, times: isCounted ? 0 : 1)
  }

  private mutating func add(_ hash: Hash, of device: UUID) {
    digest.add(hash)
    digests[device, default: Digest()].add(hash)
  }

  private mutating func examine(_ row: StoredAccount.Tombstone) {
    counts.tombstones += 1
    // One whose id was forgotten is no record of the digest: no client could name it.
    guard let session = row.session else { return }
    add(row.hash, of: row.device)
    let hash = Hash(ofRecord: "deleted \(row.device.lowercased) \(session.utf8.count):\(session)")
    compare("deletion of \(session) of device \(row.device.lowercased), hash", "\(row.hash)", "\(hash)")
    if stored.sessions.contains(where: { $0.device == row.device && $0.id == session }) {
      compare("session \(session) of device \(row.device.lowercased)", "there", "deleted")
    }
  }
}

extension Hash {
  /// The hash of what was reported of a day; zero when that is nothing.
  package init(_ day: DayTotal, of device: UUID) {
    guard max(day.sessions, day.activeMs, day.cycles, day.xp) > 0 else {
      self.init()
      return
    }
    self.init(
      ofRecord: "day \(device.lowercased) \(day.date) \(day.sessions) \(day.activeMs) \(day.cycles) \(day.xp)")
  }
}

// MARK: - What follows from them

extension Examination {
  private mutating func examineDays() {
    var seen: Set<DayKey> = []
    var dates: Set<LocalDate> = []
    for row in stored.days {
      let key = DayKey(device: row.device, date: row.reported.date)
      seen.insert(key)
      let derived = derivedDays[key] ?? DayTotal(date: key.date)
      compare("day \(key.date) of device \(key.device.lowercased), derived", text(of: row.derived), text(of: derived))
      // Without a single session a day keeps the twins it had when they went.
      let twin = twinDays[key] ?? row.twins
      twinDays[key] = twin
      compare("day \(key.date) of device \(key.device.lowercased), twins", text(of: row.twins), text(of: twin))
      let total = row.reported.without(twin).merged(with: derived)
      add(total, twin, to: key.device)
      if total.sessions > 0 { dates.insert(key.date) }
      let hash = addReported(row.reported, of: key.device)
      compare("day \(key.date) of device \(key.device.lowercased), hash", "\(row.hash)", "\(hash)")
    }
    for (key, derived) in derivedDays where !seen.contains(key) {
      compare("day \(key.date) of device \(key.device.lowercased)", "not there", text(of: derived))
      add(derived, twinDays[key] ?? DayTotal(date: key.date), to: key.device)
      if derived.sessions > 0 { dates.insert(key.date) }
    }
    practised = PracticeDates(dates)
  }

  private mutating func add(_ total: DayTotal, _ twin: DayTotal, to device: UUID) {
    sums[device, default: Sums()].sessions += total.sessions
    sums[device, default: Sums()].activeMs += total.activeMs
    sums[device, default: Sums()].cycles += total.cycles
    sums[device, default: Sums()].xp += total.xp
    sums[device, default: Sums()].twinActiveMs += twin.activeMs
    sums[device, default: Sums()].twinXP += twin.xp
  }

  /// - Returns: zero when nothing was reported, which is no record.
  private mutating func addReported(_ day: DayTotal, of device: UUID) -> Hash {
    let hash = Hash(day, of: device)
    guard hash != Hash() else { return hash }
    add(hash, of: device)
    counts.kept += 1
    return hash
  }

  private func text(of day: DayTotal) -> String {
    "\(day.sessions) sessions, \(day.activeMs) ms, \(day.cycles) cycles, \(day.xp) XP"
  }

  private func text(of devices: [UUID]?) -> String {
    devices.flatMap { $0.isEmpty ? nil : $0.map(\.lowercased).sorted().joined(separator: " ") } ?? "nobody"
  }

  private mutating func examineDevices() {
    for device in stored.devices {
      compare("sums of device \(device.id.lowercased)", "\(device.sums)", "\(sums[device.id] ?? Sums())")
      compare("time zone of device \(device.id.lowercased), unknown here", device.zone, device.usableZone)
      compare(
        "digest of device \(device.id.lowercased)", device.digest.text, (digests[device.id] ?? Digest()).text)
      let history = "history of device \(device.id.lowercased)"
      compare("\(history), shared with", text(of: device.twins), text(of: twins.links[device.id]))
      compare(
        "\(history), as of", text(of: device.group.map { [$0] }), text(of: twins.groups[device.id].map { [$0] }))
    }
    let known = Set(stored.devices.map(\.id))
    for device in sums.keys where !known.contains(device) {
      compare("device \(device.lowercased)", "not there", "there, for it has practice")
    }
  }

  /// Each row has a version of its own that the account has reached, and a device knows of the newest of its rows: otherwise
  /// some device would never pull something.
  private mutating func examineVersions() {
    var rows = stored.devices.map { ($0.id, $0.version) }
    rows += stored.sessions.map { ($0.device, $0.version) } + stored.days.map { ($0.device, $0.version) }
    rows += stored.tombstones.map { ($0.device, $0.version) } + stored.settings.map { ($0.device, $0.version) }
    compare("rows with a version of their own", "\(Set(rows.map(\.1)).count)", "\(rows.count)")
    let highest = rows.map(\.1).max() ?? 0
    if highest > stored.version { compare("version", "\(stored.version)", "at least \(highest)") }
    if stored.isNearVersionEnd { compare("version", "\(max(highest, stored.version))", VersionRoom.expectation) }
    let own = stored.sessions.map { ($0.device, $0.version) } + stored.days.map { ($0.device, $0.version) }
    let newest = Dictionary(own, uniquingKeysWith: max)
    for device in stored.devices {
      guard let version = newest[device.id], version > device.rowsVersion else { continue }
      compare("newest row of device \(device.id.lowercased)", "\(device.rowsVersion)", "at least \(version)")
    }
  }
}
