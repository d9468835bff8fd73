import Backend
import BreathDomain
import FoundationEssentials
import Postgres
import Practice
import StrictJSON

/// An account that became part of another one.
struct Merge {
  static let undoSeconds = 30 * 86_400.0
  /// Each names up to a hundred devices, and a reply holds 1 MB.
  static let listedMax: Int32 = 200

  let id: UUID
  let source: UUID
  let devices: [UUID]
  let mergedAt: Date
  let undoneAt: Date?

  /// - Parameter row: merge_id, merged_at, undone_at, source, devices; nil when there was no merge.
  init?(_ row: Row) throws(PostgresError) {
    guard let id: UUID = try row["merge_id"] else { return nil }
    self.id = id
    source = try row["source"]
    devices = try row["devices"]
    mergedAt = try row["merged_at"]
    undoneAt = try row["undone_at"]
  }

  /// `undoUntil` is null when it cannot be undone any more.
  func json(now: Date) -> JSON {
    let limit = mergedAt.addingTimeInterval(Merge.undoSeconds)
    let isOpen = undoneAt == nil && now < limit
    return [
      "merge": .string(id.lowercased), "source": .string(source.lowercased),
      "devices": .array(devices.map { .string($0.lowercased) }), "mergedAt": JSON(mergedAt),
      "undoUntil": JSON(isOpen ? limit : nil), "undoneAt": JSON(undoneAt),
    ]
  }
}

/// Whose practice a standing is of, in the preview of a merge (`breath.preview_pairing`).
package enum StandingPart: String, CaseIterable, PostgresDecodable {
  /// The account of the device that redeems the code, and that of the one that made it.
  case this, other
  /// The account that they would be.
  case after
}

/// Where a person stands, before and after a merge, in the words of `progress`.
struct Standing {
  private let devices, sessions, totalXP, activeMs, reportedLongestStreak: Int64
  private let dates: PracticeDates
  private let plans: PlanHistory
  private let today: LocalDate

  /// - Parameter row: of `breath.standing`.
  init(_ row: Row) throws(PostgresError) {
    devices = try row["devices"]
    sessions = try row["sessions"]
    totalXP = try row["total_xp"]
    activeMs = try row["active_ms"]
    reportedLongestStreak = try row["longest_streak"]
    today = try row["today"]
    dates = try PracticeDates(row)
    plans = try PlanHistory(row)
  }

  var json: JSON {
    [
      "devices": .integer(devices), "sessions": .integer(sessions), "totalXP": .integer(totalXP),
      "level": JSON(LevelProgress(totalXP: totalXP).level.number), "activeMs": .integer(activeMs),
      "activeDays": JSON(dates.count),
      "streak": JSON(Streak(dates, plans: plans, today: today), reported: reportedLongestStreak),
    ]
  }

  /// Where a device stands that has no account yet.
  static let nothing: JSON = [
    "devices": 0, "sessions": 0, "totalXP": 0, "level": JSON(LevelProgress(totalXP: 0).level.number), "activeMs": 0,
    "activeDays": 0, "streak": ["days": 0, "longest": 0, "reported": 0, "today": "open"],
  ]
}
