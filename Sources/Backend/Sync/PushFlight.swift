import BreathDomain
import Postgres
import StrictJSON

/// The writing statements of a push, in the order they must run, and what their results mean.
struct PushFlight {
  enum StoresSessions {
    /// By the account's tier; a session that is not shared gets a verdict.
    case ifShared
    /// By the account's tier; what is not shared is folded into day totals instead, so nothing needs saying.
    case ifSharedElseFold
    /// Not, because the request asks for day totals; each session gets a verdict.
    case no
    /// Not, but their day totals count.
    case fold
  }

  private let caller: Caller
  private let now: Timestamp
  private(set) var statements: [SQL] = []
  private var judges: [(index: Int, judge: (ResultSet, inout Verdicts) throws -> Void)] = []
  private var verdicts = Verdicts()

  init(_ caller: Caller, now: Timestamp) {
    self.caller = caller
    self.now = now
  }

  /// What a sync writes.
  init(_ body: SyncRequest, of caller: Caller, now: Timestamp) {
    self.init(caller, now: now)
    add(body.device)
    if body.detail == .sessions { chooseSessions() }
    store(body.push, sessions: body.detail == .days ? .no : .ifShared)
  }

  private mutating func add(_ news: DeviceNews) {
    if news.name != nil || news.timeZone != nil { statements.append(UpdateDevice.news(news, of: caller)) }
  }

  mutating func chooseSessions() { statements.append(Detail.chooseSessions(caller)) }

  mutating func store(_ push: Push, sessions mode: StoresSessions) {
    push.verdicts.forEach { verdicts.add($0) }
    if !push.sessions.isEmpty { store(push.sessions, mode) }
    if !push.days.isEmpty {
      let places = Dictionary(uniqueKeysWithValues: push.days.map { ($0.day.date, $0.pointer) })
      append(StoreDays.statement(push.days.map(\.day), caller)) { result, verdicts in
        try StoreDays.judge(result, places: places, into: &verdicts)
      }
    }
    if let counters = push.counters { statements.append(UpdateDevice.counters(counters, of: caller)) }
  }

  private mutating func store(_ sessions: [(session: Session, pointer: JSONPointer)], _ mode: StoresSessions) {
    switch mode {
    case .ifShared: keep(sessions, reportsNotShared: true)
    case .ifSharedElseFold:
      keep(sessions, reportsNotShared: false)
      fold(sessions.map(\.session), onlyIfDays: true)
    case .fold: fold(sessions.map(\.session), onlyIfDays: false)
    case .no: sessions.forEach { verdicts.add(.notShared($0.pointer, id: $0.session.id)) }
    }
  }

  private mutating func keep(
    _ sessions: [(session: Session, pointer: JSONPointer)], reportsNotShared: Bool
  ) {
    let store = StoreSessions(caller: caller, sessions: sessions, now: now)
    append(store.statement) { result, verdicts in
      try store.judge(result, into: &verdicts, reportsNotShared: reportsNotShared)
    }
  }

  private mutating func fold(_ sessions: [Session], onlyIfDays: Bool) {
    append(StoreDays.statement(folding: sessions, onlyIfDays: onlyIfDays, caller)) { result, verdicts in
      try StoreDays.judge(result, places: [:], into: &verdicts)
    }
  }

  private mutating func append(_ statement: SQL, _ judge: @escaping (ResultSet, inout Verdicts) throws -> Void) {
    judges.append((statements.count, judge))
    statements.append(statement)
  }

  /// - Parameter results: of `statements` and whatever ran behind them.
  func judge(_ results: [ResultSet]) throws -> Verdicts {
    try judges.reduce(into: verdicts) { verdicts, item in try item.judge(results[item.index], &verdicts) }
  }
}
