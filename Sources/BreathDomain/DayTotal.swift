package import StrictJSON

/// What one device counted on one local date.
package struct DayTotal: Sendable, Equatable {
  package var date: LocalDate
  package var sessions: Int64
  package var activeMs: Int64
  package var cycles: Int64
  package var xp: Int64

  package init(date: LocalDate, sessions: Int64 = 0, activeMs: Int64 = 0, cycles: Int64 = 0, xp: Int64 = 0) {
    self.date = date
    self.sessions = sessions
    self.activeMs = activeMs
    self.cycles = cycles
    self.xp = xp
  }

  package static let sessionsMax: Int64 = 100_000

  /// At most so many milliseconds of practice fit into a day, even the longest one (a zone change adds hours).
  package static let activeMsMax: Int64 = 50 * 3_600_000

  package init(_ node: JSONNode) throws(JSONMismatch) {
    _ = try node.object()
    let counts: ClosedRange<Int64> = 0...Session.counts.upperBound
    date = try node["date"].localDate()
    sessions = try node["sessions"].integer(in: 0...DayTotal.sessionsMax)
    activeMs = try node["activeMs"].integer(in: 0...DayTotal.activeMsMax)
    cycles = try node["cycles"].integer(in: counts)
    xp = try node["xp"].integer(in: counts)
  }

  /// Adds a session to the total of the date it belongs to, by the counting rule. Stops at what `init(_:)`
  /// accepts, so that no sum overflows and every total can be pushed.
  package mutating func add(_ session: Session) {
    let countMax = Session.counts.upperBound
    sessions = min(sessions + 1, DayTotal.sessionsMax)
    activeMs = min(activeMs + session.countedMs, DayTotal.activeMsMax)
    cycles = min(cycles + max(0, session.cycles), countMax)
    xp = min(xp + session.xp, countMax)
  }

  /// The larger of two reports of the same day by the same device: a report only ever grows.
  package func merged(with other: DayTotal) -> DayTotal {
    DayTotal(
      date: date, sessions: max(sessions, other.sessions), activeMs: max(activeMs, other.activeMs),
      cycles: max(cycles, other.cycles), xp: max(xp, other.xp))
  }
}
