import Backend
import Dispatch
import Foundation
import Postgres
import StrictJSON
import Synchronization
import Testing

/// One of two requests whose statements are run one at a time, in an order that the test decides: a thread with a
/// connection and a transaction of its own.
final class Player: Sendable {
  /// What its pull answered, as far as tests look at it.
  struct Pulled: Sendable {
    let version: Int64
    let sessions, deletions: Set<String>
  }

  private struct State {
    var done = 0
    var failure: PostgresError?
    var pulled: Pulled?
    var digestCount: Int64?
  }

  /// What runs between two turns of the other; BEGIN goes with the first, COMMIT is one of its own.
  let steps: [[SQL]]
  let backend: Int32
  private let state = Mutex(State())
  private let work = DispatchSemaphore(value: 0)
  private let ended = DispatchSemaphore(value: 0)

  init(_ steps: [[SQL]], role: String) throws {
    self.steps = steps
    let pid = Mutex<Int32>(0)
    let ready = DispatchSemaphore(value: 0)
    let holder = Holder()
    Thread.detachNewThread {
      guard let connection = try? Database.connect(role, direct: true),
        let row = try? connection.rows("SELECT pg_backend_pid() AS pid").first, let id: Int32 = try? row["pid"]
      else {
        ready.signal()
        return
      }
      pid.withLock { $0 = id }
      ready.signal()
      holder.player?.play(on: connection)
    }
    ready.wait()
    backend = pid.withLock { $0 }
    try #require(backend != 0)
    holder.set(self)
  }

  /// Lets the thread find its player, which exists only once the thread has a connection.
  private final class Holder: Sendable {
    private let value = Mutex<Player?>(nil)
    private let isSet = DispatchSemaphore(value: 0)
    var player: Player? {
      isSet.wait()
      return value.withLock { $0 }
    }
    func set(_ player: Player) {
      value.withLock { $0 = player }
      isSet.signal()
    }
  }

  private func play(on connection: Connection) {
    do {
      try connection.transaction { connection in
        for step in steps {
          work.wait()
          let results = try step.map { try connection.rows($0) }
          state.withLock { state in
            state.pulled = results.compactMap(Player.pulled).last ?? state.pulled
            state.digestCount = results.compactMap(Player.digestCount).last ?? state.digestCount
            state.done += 1
          }
        }
        work.wait()
      }
      state.withLock { $0.done += 1 }
    } catch {
      state.withLock { state in
        state.failure = error as? PostgresError
        state.done = turns
      }
    }
    ended.signal()
  }

  private static func pulled(_ result: ResultSet) -> Pulled? {
    guard let row = result.first, let version: Int64 = try? row["next_version"] else { return nil }
    func ids(_ column: String, _ member: String) -> Set<String> {
      let text: String? = (try? row[column]) ?? nil
      let items = (try? JSON(parsing: "[\(text ?? "")]", limits: .trusted))?.array ?? []
      return Set(items.compactMap { $0[member]?.string })
    }
    return Pulled(version: version, sessions: ids("pulled_sessions", "id"), deletions: ids("deletions", "session"))
  }

  private static func digestCount(_ result: ResultSet) -> Int64? {
    guard let row = result.first, let count: Int64 = try? row["digest_count"] else { return nil }
    return count
  }

  var turns: Int { steps.count + 1 }
  var done: Int { state.withLock { $0.done } }
  var failure: PostgresError? { state.withLock { $0.failure } }
  var pulled: Pulled? { state.withLock { $0.pulled } }
  /// How many records the digest of its answer is of.
  var digestCount: Int64? { state.withLock { $0.digestCount } }

  func step() { work.signal() }
  func wait() { ended.wait() }
}

/// Runs two requests in one given order of their steps, as PostgreSQL's isolation tester does: a step that waits for a
/// lock is left waiting, and its owner's later turns come as soon as it may go on.
struct Interleaving {
  private let observer: Connection
  private let players: [Player]
  private var asked = [0, 0]

  /// - Parameter observer: sees who waits for whom.
  init(_ first: Player, _ second: Player, observer: Connection) {
    players = [first, second]
    self.observer = observer
  }

  mutating func run(_ turns: [Int]) throws {
    var owed: [Int] = []
    for turn in turns {
      try settle()
      owed.append(turn)
      // A player that waits for a lock keeps its turns for later.
      while let place = try owed.firstIndex(where: { try !isBlocked($0) }) {
        let player = owed.remove(at: place)
        asked[player] += 1
        players[player].step()
        try settle()
      }
    }
    while !owed.isEmpty {
      try settle()
      guard let place = try owed.firstIndex(where: { try !isBlocked($0) }) else { break }
      let player = owed.remove(at: place)
      asked[player] += 1
      players[player].step()
    }
    for player in players { player.wait() }
  }

  /// Until each player has done what it was asked, or waits for the other.
  private func settle() throws {
    for player in players.indices {
      while try players[player].done < asked[player] && !isBlocked(player) {}
    }
  }

  private func isBlocked(_ player: Int) throws -> Bool {
    guard players[player].done < asked[player] else { return false }
    let row = try observer.rows("SELECT cardinality(pg_blocking_pids(\(players[player].backend))) > 0 AS is_blocked")[0]
    return try row["is_blocked"]
  }

  /// All orders of so many steps of the first and of the second.
  static func orders(_ first: Int, _ second: Int) -> [[Int]] {
    if first == 0 { return [Array(repeating: 1, count: second)] }
    if second == 0 { return [Array(repeating: 0, count: first)] }
    return orders(first - 1, second).map { [0] + $0 } + orders(first, second - 1).map { [1] + $0 }
  }
}
