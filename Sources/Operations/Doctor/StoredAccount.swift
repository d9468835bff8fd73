import Backend
import BreathDomain
import FoundationEssentials
import Postgres
import Practice
import StrictJSON

/// All of an account as it is stored, read in one snapshot.
struct StoredAccount {
  struct StoredSession {
    let device: UUID
    let id: String
    let version: Int64
    let localDate: LocalDate
    /// Read again from what others pull; nil when that is no session any more.
    let session: Session?
    let counted: Counted
    let hash: Hash
    /// False when another device's copy of it does.
    let counts: Bool
  }

  /// The columns that SQL counts by.
  struct Counted: Equatable {
    let startedAt: Timestamp
    let activeMs, cycles, xp: Int64
  }

  struct Tombstone {
    let device: UUID
    /// Nil once the account went back to day totals.
    let session: String?
    let version: Int64
    let hash: Hash
  }

  struct StoredDay {
    let device: UUID
    let version: Int64
    let reported, derived, twins: DayTotal
    /// The hash of what was reported.
    let hash: Hash
  }

  struct StoredDevice {
    let id: UUID
    /// As it is stored, and as this database can count in it.
    let zone, usableZone: String
    let version, rowsVersion: Int64
    let sums: Sums
    let digest: Digest
    /// Devices that had a session of this one's, and the least of those it shares history with.
    let twins: [UUID]
    let group: UUID?
    let hasLeft: Bool
  }

  let version: Int64
  let digest: Digest
  let practised: PracticeDates
  /// As it is kept, and as the claims of challenges come to.
  let awardedXP, claimedXP: Int64
  /// How many sessions and reported days, and how many tombstones the account is kept to have.
  let counts: Counts
  let devices: [StoredDevice]
  let sessions: [StoredSession]
  let days: [StoredDay]
  let tombstones: [Tombstone]
  /// Device and version of each setting.
  let settings: [(device: UUID, version: Int64)]
}

extension StoredAccount {
  struct Counts: Equatable {
    var kept: Int64 = 0, tombstones: Int64 = 0
  }
}

/// What a device's day totals add up to.
struct Sums: Equatable {
  var sessions: Int64 = 0, activeMs: Int64 = 0, cycles: Int64 = 0, xp: Int64 = 0
  /// Sums over sessions of which another device's copies count.
  var twinActiveMs: Int64 = 0, twinXP: Int64 = 0
}

// MARK: - Reading

extension StoredAccount {
  /// Nil when there is no such account.
  init?(_ account: UUID, from connection: Connection) throws {
    let (_, head, devices, sessions, days, tombstones, settings) = try connection.run(
      Pipeline("SELECT set_config('breath.account', \(account.lowercased), true)"),
      Pipeline(StoredAccount.head(of: account), first: { $0 }),
      Pipeline(StoredAccount.devices(of: account), each: { try StoredDevice($0) }),
      Pipeline(StoredAccount.sessions(of: account), each: { try StoredSession($0) }),
      Pipeline(StoredAccount.days(of: account), each: { try StoredDay($0) }),
      Pipeline(StoredAccount.tombstones(of: account), each: { try Tombstone($0) }),
      Pipeline(
        "SELECT device_id, version FROM breath.settings WHERE account_id = \(account) ORDER BY version",
        each: { (device: try $0["device_id"] as UUID, version: try $0["version"] as Int64) }))
    guard let head else { return nil }
    version = try head["version"]
    digest = try Digest(head)
    counts = Counts(kept: try head["kept"], tombstones: try head["tombstones"])
    practised = try PracticeDates(head)
    awardedXP = try head["awarded_xp"]
    claimedXP = try head["claimed_xp"]
    (self.devices, self.sessions, self.days, self.tombstones, self.settings) = (
      devices, sessions, days, tombstones, settings
    )
  }

  private static func head(of account: UUID) -> SQL {
    """
    SELECT version, digest_count, digest_high, digest_low, awarded_xp, kept, tombstones,
      (SELECT coalesce(sum(xp), 0)::bigint FROM breath.challenge_claims WHERE account_id = \(account)) AS claimed_xp,
      ARRAY(SELECT lower(r) FROM unnest(practised) r) AS run_starts, ARRAY(SELECT upper(r) FROM unnest(practised) r) AS run_ends
    FROM breath.accounts WHERE account_id = \(account)
    """
  }

  private static func devices(of account: UUID) -> SQL {
    """
    SELECT device_id, time_zone, breath.usable_zone(time_zone) AS usable_zone, version, rows_version, sessions,
      active_ms, cycles, xp, twin_active_ms, twin_xp, twin_devices,
      twin_group, left_at IS NOT NULL AS has_left, digest_count, digest_high, digest_low
    FROM breath.devices WHERE account_id = \(account) ORDER BY version
    """
  }

  private static func sessions(of account: UUID) -> SQL {
    """
    SELECT device_id, session_id, version, local_date, started_at, facts, counted_ms, cycles, xp, hash_high,
      hash_low, counts
    FROM breath.sessions WHERE account_id = \(account) ORDER BY version
    """
  }

  private static func days(of account: UUID) -> SQL {
    """
    SELECT device_id, version, local_date, reported_sessions, reported_active_ms, reported_cycles, reported_xp,
      derived_sessions, derived_active_ms, derived_cycles, derived_xp, twin_sessions, twin_active_ms, twin_cycles,
      twin_xp, hash_high, hash_low
    FROM breath.day_totals WHERE account_id = \(account) ORDER BY version
    """
  }

  private static func tombstones(of account: UUID) -> SQL {
    """
    SELECT device_id, session_id, version, hash_high, hash_low
    FROM breath.tombstones WHERE account_id = \(account) ORDER BY version
    """
  }
}

extension Digest {
  fileprivate init(_ row: Row) throws {
    self.init(count: try row["digest_count"], high: try row["digest_high"], low: try row["digest_low"])
  }
}

extension StoredAccount.StoredDevice {
  fileprivate init(_ row: Row) throws {
    id = try row["device_id"]
    version = try row["version"]
    rowsVersion = try row["rows_version"]
    (zone, usableZone) = (try row["time_zone"], try row["usable_zone"])
    sums = Sums(
      sessions: try row["sessions"], activeMs: try row["active_ms"], cycles: try row["cycles"], xp: try row["xp"],
      twinActiveMs: try row["twin_active_ms"], twinXP: try row["twin_xp"])
    digest = try Digest(row)
    twins = try row["twin_devices"] ?? []
    group = try row["twin_group"]
    hasLeft = try row["has_left"]
  }
}

extension StoredAccount.StoredSession {
  fileprivate init(_ row: Row) throws {
    device = try row["device_id"]
    id = try row["session_id"]
    version = try row["version"]
    localDate = try row["local_date"]
    let facts: String = try row["facts"]
    session = try? Session(JSONNode(try JSON(parsing: "{\(facts)}", limits: .request)))
    counted = StoredAccount.Counted(
      startedAt: Timestamp(try row["started_at"] as Date), activeMs: try row["counted_ms"], cycles: try row["cycles"],
      xp: try row["xp"])
    hash = Hash(high: try row["hash_high"], low: try row["hash_low"])
    counts = try row["counts"]
  }
}

extension StoredAccount.StoredDay {
  fileprivate init(_ row: Row) throws {
    device = try row["device_id"]
    version = try row["version"]
    let date: LocalDate = try row["local_date"]
    func total(_ kind: String) throws -> DayTotal {
      DayTotal(
        date: date, sessions: try row["\(kind)_sessions"], activeMs: try row["\(kind)_active_ms"],
        cycles: try row["\(kind)_cycles"], xp: try row["\(kind)_xp"])
    }
    reported = try total("reported")
    derived = try total("derived")
    twins = try total("twin")
    hash = Hash(high: try row["hash_high"], low: try row["hash_low"])
  }
}

extension StoredAccount.Tombstone {
  fileprivate init(_ row: Row) throws {
    device = try row["device_id"]
    session = try row["session_id"]
    version = try row["version"]
    hash = Hash(high: try row["hash_high"], low: try row["hash_low"])
  }
}
