import BreathDomain
import FoundationEssentials
import Postgres
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
    let reported, derived: DayTotal
    var total: DayTotal { reported.merged(with: derived) }
  }

  struct StoredDevice {
    let id: UUID
    /// As it is stored, and as this database can count in it.
    let zone, usableZone: String
    let version, rowsVersion: Int64
    let sums: Sums
  }

  let version: Int64
  let digest: Digest
  let practised: PracticeDates
  /// As it is kept, and as the claims of challenges come to.
  let awardedXP, claimedXP: Int64
  let devices: [StoredDevice]
  let sessions: [StoredSession]
  let days: [StoredDay]
  let tombstones: [Tombstone]
  /// Of settings: device and version.
  let settings: [(device: UUID, version: Int64)]
}

/// What a device's day totals add up to.
struct Sums: Equatable {
  var sessions: Int64 = 0, activeMs: Int64 = 0, cycles: Int64 = 0, xp: Int64 = 0
}

// MARK: - Reading

extension StoredAccount {
  /// Nil when there is no such account.
  init?(_ account: UUID, from connection: Connection) throws {
    let results = try connection.flight([
      "SELECT set_config('breath.account', \(account.lowercased), true)",
      """
      SELECT version, digest_count, digest_high, digest_low, awarded_xp,
        (SELECT coalesce(sum(xp), 0)::bigint FROM breath.challenge_claims WHERE account_id = \(account)) AS claimed_xp,
        ARRAY(SELECT lower(r) FROM unnest(practised) r) AS run_starts, ARRAY(SELECT upper(r) FROM unnest(practised) r) AS run_ends
      FROM breath.accounts WHERE account_id = \(account)
      """,
      """
      SELECT device_id, time_zone, breath.usable_zone(time_zone) AS usable_zone, version, rows_version, sessions,
        active_ms, cycles, xp
      FROM breath.devices WHERE account_id = \(account) ORDER BY version
      """,
      """
      SELECT device_id, session_id, version, local_date, started_at, facts, counted_ms, cycles, xp, hash_high, hash_low
      FROM breath.sessions WHERE account_id = \(account) ORDER BY version
      """,
      """
      SELECT device_id, version, local_date, reported_sessions, reported_active_ms, reported_cycles, reported_xp,
        derived_sessions, derived_active_ms, derived_cycles, derived_xp
      FROM breath.day_totals WHERE account_id = \(account) ORDER BY version
      """,
      """
      SELECT device_id, session_id, version, hash_high, hash_low
      FROM breath.tombstones WHERE account_id = \(account) ORDER BY version
      """,
      "SELECT device_id, version FROM breath.settings WHERE account_id = \(account) ORDER BY version",
    ])
    guard let head = results[1].first else { return nil }
    version = try head["version"]
    digest = Digest(count: try head["digest_count"], high: try head["digest_high"], low: try head["digest_low"])
    practised = try PracticeDates(head)
    awardedXP = try head["awarded_xp"]
    claimedXP = try head["claimed_xp"]
    devices = try results[2].map(StoredDevice.init)
    sessions = try results[3].map(StoredSession.init)
    days = try results[4].map(StoredDay.init)
    tombstones = try results[5].map(Tombstone.init)
    settings = try results[6].map { (try $0["device_id"], try $0["version"]) }
  }
}

extension StoredAccount.StoredDevice {
  fileprivate init(_ row: Row) throws {
    id = try row["device_id"]
    version = try row["version"]
    rowsVersion = try row["rows_version"]
    (zone, usableZone) = (try row["time_zone"], try row["usable_zone"])
    sums = Sums(
      sessions: try row["sessions"], activeMs: try row["active_ms"], cycles: try row["cycles"], xp: try row["xp"])
  }
}

extension StoredAccount.StoredSession {
  fileprivate init(_ row: Row) throws {
    device = try row["device_id"]
    id = try row["session_id"]
    version = try row["version"]
    localDate = LocalDate(try row["local_date"] as PostgresDate)
    let facts: String = try row["facts"]
    session = try? Session(JSONNode(try JSON(parsing: "{\(facts)}", limits: .request)))
    counted = StoredAccount.Counted(
      startedAt: Timestamp(try row["started_at"] as Date), activeMs: try row["counted_ms"], cycles: try row["cycles"],
      xp: try row["xp"])
    hash = Hash(high: try row["hash_high"], low: try row["hash_low"])
  }
}

extension StoredAccount.StoredDay {
  fileprivate init(_ row: Row) throws {
    device = try row["device_id"]
    version = try row["version"]
    let date = LocalDate(try row["local_date"] as PostgresDate)
    reported = DayTotal(
      date: date, sessions: try row["reported_sessions"], activeMs: try row["reported_active_ms"],
      cycles: try row["reported_cycles"], xp: try row["reported_xp"])
    derived = DayTotal(
      date: date, sessions: try row["derived_sessions"], activeMs: try row["derived_active_ms"],
      cycles: try row["derived_cycles"], xp: try row["derived_xp"])
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
