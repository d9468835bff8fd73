import BreathDomain
import StrictJSON

/// What a device sends: each readable item once, with the place it came from, and a verdict for every other.
struct Push {
  var sessions: [(session: Session, pointer: JSONPointer)] = []
  var days: [(day: DayTotal, pointer: JSONPointer)] = []
  var counters: Counters?
  /// Of items that never reach the database.
  private(set) var verdicts: [Verdict] = []
  private var sessionsSeen: [String: Session] = [:]
  private var daysSeen: [LocalDate: Int] = [:]

  var isEmpty: Bool { sessions.isEmpty && days.isEmpty && counters == nil }

  init() {}

  init(_ node: JSONNode) throws(JSONMismatch) {
    _ = try node.object()
    for item in try node["sessions"].ifPresent(JSONNode.list) ?? [] {
      do throws(JSONMismatch) { add(try Session(item), at: item.pointer) } catch { verdicts.append(.rejected(item, error)) }
    }
    for item in try node["days"].ifPresent(JSONNode.list) ?? [] {
      do throws(JSONMismatch) { add(try DayTotal(item), at: item.pointer) } catch { verdicts.append(.rejected(item, error)) }
    }
    if node["counters"].exists {
      do throws(JSONMismatch) { counters = try Counters(node["counters"]) } catch {
        verdicts.append(.rejected(node["counters"], error))
      }
    }
    try refuseUnsupported(node)
  }

  /// Of an export: its sessions and its counters.
  init(_ export: ExportFile) {
    counters = export.counters
    for record in export.records {
      switch record {
      case .session(let session, let pointer): add(session, at: pointer)
      case .unreadable(let mismatch, let item): verdicts.append(.rejected(item, mismatch))
      }
    }
  }

  /// The same id twice in one push: the first is kept, so that one statement can store them all.
  private mutating func add(_ session: Session, at pointer: JSONPointer) {
    guard let first = sessionsSeen[session.id] else {
      sessionsSeen[session.id] = session
      return sessions.append((session, pointer))
    }
    verdicts.append(
      first == session ? Verdict(pointer, id: session.id, .duplicate) : .conflict(pointer, id: session.id))
  }

  /// The same date twice in one push: the larger values count, as over two pushes.
  private mutating func add(_ day: DayTotal, at pointer: JSONPointer) {
    guard let place = daysSeen[day.date] else {
      daysSeen[day.date] = days.count
      return days.append((day, pointer))
    }
    days[place].day = days[place].day.merged(with: day)
    verdicts.append(Verdict(pointer, id: "\(day.date)", .duplicate))
  }

  /// Said rather than dropped: a client must not believe that these were stored.
  private mutating func refuseUnsupported(_ node: JSONNode) throws(JSONMismatch) {
    for member in ["settings", "deletions"] {
      for item in try node[member].ifPresent(JSONNode.list) ?? [] { refuse(item) }
    }
    if node["reset"].exists { refuse(node["reset"]) }
  }

  private mutating func refuse(_ item: JSONNode) {
    verdicts.append(
      Verdict(
        item.pointer, id: nil, .rejected, code: "not_supported",
        detail: "This server does not store these yet. Keep them and send them after an update."))
  }
}

extension Verdict {
  static func conflict(_ pointer: JSONPointer, id: String) -> Verdict {
    Verdict(
      pointer, id: id, .conflict, code: "same_id_other_content",
      detail: "A session with this id and other content is here already; that one stays.")
  }
}

extension Verdict {
  static func notShared(_ pointer: JSONPointer, id: String) -> Verdict {
    Verdict(
      pointer, id: id, .rejected, code: "detail_is_days",
      detail: "This account shares day totals only. Send days, or choose \"detail\": \"sessions\".")
  }
}

extension JSONNode {
  static func list(_ node: JSONNode) throws(JSONMismatch) -> [JSONNode] { try node.items() }
}
