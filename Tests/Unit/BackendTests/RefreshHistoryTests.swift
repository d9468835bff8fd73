import Foundation
import Postgres
import TestSupport
import Testing

/// Months of an editor with many windows, played against the function that judges refresh tokens: an honest device is
/// never signed out, and a copy that is two turns old always signs it out.
@Suite struct RefreshHistoryTests {
  private static let histories =
    ProcessInfo.processInfo.environment["BREATH_REFRESH_HISTORIES"].flatMap(UInt64.init) ?? 1_000

  @Test func `no honest window is ever signed out, and every old copy is caught`() throws {
    let connection = try Database.connect()
    var tally = RefreshHistory.Tally()
    for seed in 1...RefreshHistoryTests.histories {
      var history = try RefreshHistory(seed, connection)
      try connection.transaction { _ in try history.play() }
      tally.add(history.tally)
      #expect(history.tally.falseLogOuts == 0, "seed \(seed)")
      #expect(history.tally.caught == history.tally.thefts, "seed \(seed)")
    }
    print("refresh histories: \(RefreshHistoryTests.histories) from seed 1, \(tally)")
    #expect(tally.thefts > 0 && tally.shared > 0 && tally.lost > 0 && tally.turns > tally.thefts)
  }

  /// As it was before the minute's grace: two windows, the second slower than two turns of the first.
  @Test func `a history in which turns had no length would sign an honest window out`() throws {
    let connection = try Database.connect()
    let judged = try connection.rows(
      "SELECT outcome FROM breath.judge_refresh(1, 3, now() - interval '1 hour', now(), now())")
    #expect(try judged[0]["outcome"] == "reused")
    let kept = try connection.rows(
      "SELECT next_counter FROM breath.judge_refresh(2, 2, now() - interval '1 hour', now() - interval '59 s', now())")
    #expect(try kept[0]["next_counter"] == 2 as Int64, "so a second turn waits until the first has reached everybody")
  }
}

/// One editor: windows that share one stored token, a network that delays and loses, clocks that are set, and, in some
/// histories, somebody who copied the token.
struct RefreshHistory {
  struct Tally: CustomStringConvertible {
    var requests = 0, turns = 0, shared = 0, lost = 0, falseLogOuts = 0, thefts = 0, caught = 0

    mutating func add(_ other: Tally) {
      requests += other.requests
      turns += other.turns
      shared += other.shared
      lost += other.lost
      falseLogOuts += other.falseLogOuts
      thefts += other.thefts
      caught += other.caught
    }

    var description: String {
      "\(requests) requests, \(turns) turns, \(shared) answered with what another window got, \(lost) answers lost, "
        + "\(falseLogOuts) false log-outs, \(caught) of \(thefts) thefts caught"
    }
  }

  private enum Event {
    /// A window finds its access token at its end, by whatever its clock says.
    case needs
    case arrives(shown: Int64)
    case answered(shown: Int64, next: Int64)
  }

  private(set) var tally = Tally()
  private var random: Seeded
  private let connection: Connection
  private let account = UUID(), device = UUID(), session = UUID()
  private var events: [(at: Double, event: Event)] = []
  /// What all windows share, and which turn the server last told.
  private var stored: Int64 = 1, newest: Int64 = 1
  /// The server's clock is set now and then, by some seconds.
  private var serverOffset = 0.0
  private let start = Date(timeIntervalSince1970: 1_750_000_000)

  init(_ seed: UInt64, _ connection: Connection) throws {
    random = Seeded(seed)
    self.connection = connection
    let windows = random.number(1...20)
    for _ in 0..<windows {
      var at = 0.0
      for _ in 0..<random.number(1...4) {
        // A quarter of an hour, a night, or at once again because a clock jumped.
        at += [5, 60, 900, 900, 30_000][Int(random.number(0...4))] * Double(random.number(50...150)) / 100
        events.append((at, .needs))
      }
    }
  }

  mutating func play() throws {
    _ = try connection.rows("INSERT INTO breath.accounts (account_id, version) VALUES (\(account), 1)")
    _ = try connection.rows(
      """
      INSERT INTO breath.devices (account_id, device_id, version, name, time_zone)
      VALUES (\(account), \(device), 1, 'editor', 'UTC')
      """)
    _ = try connection.rows(
      """
      INSERT INTO breath.refresh_sessions (account_id, session_id, device_id, created_at, rotated_at)
      VALUES (\(account), \(session), \(device), \(start), \(start))
      """)
    let copied = random.number(0...3) == 0
    let stolenAt = random.number(0...Int64(events.count))
    var stolen: Int64?
    var seen: Int64 = 0
    while let next = takeNext() {
      try handle(next.event, at: next.at)
      seen += 1
      if copied, seen == stolenAt { stolen = stored }
    }
    if let stolen, newest >= stolen + 2 { try useCopy(stolen) }
  }

  private mutating func takeNext() -> (at: Double, event: Event)? {
    guard let index = events.indices.min(by: { events[$0].at < events[$1].at }) else { return nil }
    return events.remove(at: index)
  }

  private mutating func handle(_ event: Event, at time: Double) throws {
    switch event {
    case .needs:
      // A request is given up after half a minute; whatever comes later comes to nobody.
      events.append((time + Double(random.number(0...25_000)) / 1000, .arrives(shown: stored)))
    case .arrives(let shown):
      if random.number(0...9) == 0 { serverOffset = Double(random.number(-15...15)) }
      let (outcome, next) = try show(shown, at: time)
      tally.requests += 1
      guard outcome == "current" else {
        tally.falseLogOuts += 1
        return
      }
      if next == newest { tally.shared += 1 } else { tally.turns += 1 }
      newest = next
      switch random.number(0...9) {
      case 0...2:
        // Lost, or so late that the window has given it up: it asks again with what is stored by then.
        tally.lost += 1
        events.append((time + 30, .needs))
      default: events.append((time + Double(random.number(0...4000)) / 1000, .answered(shown: shown, next: next)))
      }
    case .answered(let shown, let next):
      // Only if nobody stored another one meanwhile (docs/tokens.md).
      if stored == shown { stored = next }
    }
  }

  /// After two more turns: whoever copied it tries it.
  private mutating func useCopy(_ counter: Int64) throws {
    tally.thefts += 1
    let (outcome, _) = try show(counter, at: 200_000)
    let (after, _) = try show(newest, at: 200_001)
    if outcome == "reused", after == "ended" { tally.caught += 1 }
  }

  private func show(_ counter: Int64, at time: Double) throws -> (outcome: String, next: Int64) {
    let now = start.addingTimeInterval(time + serverOffset)
    let row = try connection.rows(
      """
      SELECT outcome, coalesce(next_counter, 0) AS next_counter
      FROM breath.rotate_refresh(\(account), \(session), \(counter), 'history', \(now))
      """)[0]
    return (try row["outcome"], try row["next_counter"])
  }
}
