import BreathDomain
import StrictJSON

/// An export is refused as a whole only when it is none; every item of its lists is then a session or a complaint, and
/// none stops another.
func checkExport(_ input: [UInt8]) throws {
  guard let tree = try? JSON(parsing: input, limits: .importFile) else { return }
  let document = JSONNode(tree)
  let export: ExportFile
  do { export = try ExportFile(document) } catch {
    let isExport = document["breathMaster"]["meditation"].json?.object != nil
    return try require(!isExport, "an export is refused: \(error.code)")
  }
  try checkCounters(export.counters)
  for session in export.sessions { try checkSession(session) }
  try checkRecords(export.records, in: document)
  let items = storedItems(in: document["breathMaster"]["meditation"])
  let readable = items.compactMap { try? Session($0) }
  let texts = export.sessions.map(\.canonicalText)
  try require(Set(texts).count == texts.count, "a record is there twice")
  try require(Set(texts) == Set(readable.map(\.canonicalText)), "a readable session was lost")
}

private func checkCounters(_ counters: Counters) throws(Violation) {
  for count in [
    counters.totalXP, counters.longestStreak, counters.challengesCompleted, counters.totalMeditationMs,
  ] { try require((0...Counters.countMax).contains(count), "a counter is out of range") }
}

private func checkSession(_ session: Session) throws(Violation) {
  for time in [session.startedAt, session.endedAt] {
    try require(Timestamp(time.description) == time, "a time is not read again as it is printed")
  }
  try require(session.countedMs >= 0 && session.xp >= 0, "a session counts for less than nothing")
  _ = session.flags(now: session.startedAt)
  var day = DayTotal(date: LocalDate(daysSince1970: 0))
  for _ in 0..<3 { day.add(session) }
  try require(
    day.activeMs <= DayTotal.activeMsMax && day.xp >= min(session.xp, Session.counts.upperBound),
    "a day does not add up")
}

private func checkRecords(_ records: [ExportFile.Record], in document: JSONNode) throws(Violation) {
  for record in records {
    switch record {
    case .session(let session, let pointer):
      let item = value(at: pointer, in: document.json)
      try require(item?["id"]?.string == session.id, "a session's place is another's")
    case .unreadable(let mismatch, let item):
      try require(value(at: item.pointer, in: document.json) == item.json ?? .null, "a complaint's place is another's")
      try require("\(mismatch.pointer)".hasPrefix("\(item.pointer)"), "a complaint is about something else")
    }
  }
}

/// The items of the lists of a store and of the stores it wraps.
private func storedItems(in store: JSONNode) -> [JSONNode] {
  let wrapped = store["payload"]
  return (wrapped.json?.object == nil ? [] : storedItems(in: wrapped)) + ((try? store["sessions"].items()) ?? [])
}

/// RFC 6901.
func value(at pointer: JSONPointer, in root: JSON?) -> JSON? {
  switch pointer {
  case .root: root
  case .key(let parent, let key): value(at: parent, in: root)?.object?[key]
  case .index(let parent, let index):
    value(at: parent, in: root)?.array.flatMap { $0.indices.contains(index) ? $0[index] : nil }
  }
}
