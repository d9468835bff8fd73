import Backend
import Foundation
import Operations
import Postgres
import StrictJSON
import SyncSamples
import TestSupport
import Testing

/// Two requests of one account, in every order of their statements: whatever the order, the account ends as it must,
/// every number follows from its events, and a later pull brings whatever an earlier one could not see.
@Suite struct InterleavingTests {
  /// What all runs of a test share.
  private final class Scene {
    let superuser: Connection
    let doctor: Doctor

    init() throws {
      superuser = try Database.connect()
      doctor = try Doctor(url: TestEnvironment.value("BREATH_TEST_DATABASE_URL"), caCertificate: nil)
    }

    func texts(_ sql: SQL) throws -> [String] { try superuser.rows(sql).map { try $0["value"] } }
  }

  /// An account that shares sessions, with two devices.
  private struct Account {
    let id = UUID(), first = UUID(), second = UUID()
    let scene: Scene

    init(_ scene: Scene) throws {
      self.scene = scene
      _ = try scene.superuser.pipeline([
        "INSERT INTO breath.accounts (account_id, version, detail) VALUES (\(id), 2, 'sessions')",
        """
        INSERT INTO breath.devices (account_id, device_id, version, name, time_zone)
        VALUES (\(id), \(first), 1, 'laptop', 'UTC'), (\(id), \(second), 2, 'tower', 'Asia/Tokyo')
        """,
      ])
    }

    /// What `POST /v1/sync` with this body runs: its beginning, its writes, its read.
    func sync(_ device: UUID, _ body: JSON) throws -> [[SQL]] {
      let statements = try SamplePipeline.statements(of: body.encoded, account: id, device: device)
      return [[statements[0]], Array(statements[1...].dropLast()), statements.suffix(1)].filter { !$0.isEmpty }
    }

    func live() throws -> Set<String> {
      Set(try scene.texts("SELECT session_id AS value FROM breath.sessions WHERE account_id = \(id)"))
    }

    func deleted() throws -> Set<String> {
      Set(try scene.texts("SELECT session_id AS value FROM breath.tombstones WHERE account_id = \(id)"))
    }

    func sum(_ column: StaticString) throws -> Int64 {
      try scene.superuser.rows(
        "SELECT coalesce(sum(\(raw: column)), 0)::bigint AS value FROM breath.day_totals WHERE account_id = \(id)")[0][
          "value"]
    }
  }

  private static func session(_ id: String, cycles: Int64 = 21) -> JSON {
    [
      "id": .string(id), "startedAt": "2025-08-27T14:02:11.345Z", "endedAt": "2025-08-27T14:07:11.345Z",
      "activeMs": 300_000, "cycles": .integer(cycles), "goalBonusXP": 3,
    ]
  }

  private static func push(_ sessions: JSON...) -> JSON { ["push": ["sessions": .array(sessions)]] }

  /// Both in every order, each time on a new account.
  private func inEveryOrder(
    prepare: (Account) throws -> Void = { _ in }, _ first: (Account) throws -> [[SQL]],
    _ second: (Account) throws -> [[SQL]], check: (Account, Player, Player, [Int]) throws -> Void
  ) throws {
    let scene = try Scene()
    let turns = try { (try first($0).count + 1, try second($0).count + 1) }(Account(scene))
    for order in Interleaving.orders(turns.0, turns.1) {
      let account = try Account(scene)
      try prepare(account)
      let players = (
        try Player(try first(account), role: "sync"), try Player(try second(account), role: "sync")
      )
      var interleaving = Interleaving(players.0, players.1, observer: scene.superuser)
      try interleaving.run(order)
      #expect(players.0.failure == nil && players.1.failure == nil, "\(order)")
      try check(account, players.0, players.1, order)
      let differences = try #require(try scene.doctor.examine(account.id)).map(\.description)
      #expect(differences == [], "\(order)")
    }
  }

  @Test func `push and push of the same session store it once`() throws {
    let body = InterleavingTests.push(InterleavingTests.session("x"))
    try inEveryOrder(
      { try $0.sync($0.first, body) }, { try $0.sync($0.first, body) },
      check: { account, _, _, order in
        let (live, sum) = (try account.live(), try account.sum("sessions"))
        #expect(live == ["x"] && sum == 1, "\(order)")
      })
  }

  @Test func `push and push of two devices store both, and each hears of the other sooner or later`() throws {
    try inEveryOrder(
      { try $0.sync($0.first, InterleavingTests.push(InterleavingTests.session("a"))) },
      { try $0.sync($0.second, InterleavingTests.push(InterleavingTests.session("b", cycles: 22))) },
      check: { account, first, second, order in
        let (live, sum) = (try account.live(), try account.sum("sessions"))
        #expect(live == ["a", "b"] && sum == 2, "\(order)")
        for (player, device, other) in [(first, account.first, "b"), (second, account.second, "a")] {
          let pulled = try #require(player.pulled)
          let later = try laterPull(account, device, after: pulled.version)
          #expect(pulled.sessions.union(later) == [other] && pulled.sessions.isDisjoint(with: later), "\(order)")
        }
      })
  }

  @Test func `push and pull: what the pull did not see, the next one brings`() throws {
    try inEveryOrder(
      {
        try $0.sync(
          $0.first, InterleavingTests.push(InterleavingTests.session("a"), InterleavingTests.session("b", cycles: 2)))
      },
      { try $0.sync($0.second, [:]) },
      check: { account, _, reader, order in
        let pulled = try #require(reader.pulled)
        #expect([0, 2].contains(pulled.sessions.count), "all of a push or nothing: \(order)")
        let later = try laterPull(account, account.second, after: pulled.version)
        #expect(pulled.sessions.union(later) == ["a", "b"] && pulled.sessions.isDisjoint(with: later), "\(order)")
      })
  }

  @Test func `push and pull: a page without more to come has the digest of just what it brings`() throws {
    try inEveryOrder(
      { try $0.sync($0.first, InterleavingTests.push(InterleavingTests.session("a"))) },
      { try $0.sync($0.second, [:]) },
      check: { _, _, reader, order in
        let (pulled, count) = (try #require(reader.pulled), try #require(reader.digestCount))
        #expect(Int64(pulled.sessions.count) == count, "\(order)")
      })
  }

  @Test func `push and delete of the same session leave it deleted`() throws {
    try inEveryOrder(
      { try $0.sync($0.first, InterleavingTests.push(InterleavingTests.session("x"))) },
      { account in
        try account.sync(
          account.second,
          ["push": ["deletions": [["session": "x", "device": .string(account.first.uuidString.lowercased())]]]])
      },
      check: { account, _, _, order in
        let (live, deleted, sum) = (try account.live(), try account.deleted(), try account.sum("sessions"))
        #expect(live == [] && deleted == ["x"] && sum == 0, "\(order)")
      })
  }

  @Test func `clearing and a push from before it leave nothing`() throws {
    try inEveryOrder(
      prepare: { account in
        let push = InterleavingTests.push(InterleavingTests.session("old"))
        _ = try account.scene.superuser.pipeline(try account.sync(account.first, push).flatMap(\.self))
      },
      { try $0.sync($0.first, ["push": ["reset": ["at": "2025-09-01T08:00:00.000Z"]]]) },
      { try $0.sync($0.first, InterleavingTests.push(InterleavingTests.session("x"))) },
      check: { account, _, _, order in
        let (live, sum) = (try account.live(), try account.sum("sessions"))
        #expect(live == [] && sum == 0, "\(order)")
      })
  }

  @Test func `two reports of one day keep the larger numbers`() throws {
    func report(_ sessions: Int64, _ xp: Int64) -> JSON {
      [
        "push": [
          "days": [
            [
              "date": "2025-08-27", "sessions": .integer(sessions), "activeMs": 5, "cycles": 0, "xp": .integer(xp),
            ]
          ]
        ]
      ]
    }
    try inEveryOrder(
      { try $0.sync($0.first, report(3, 10)) }, { try $0.sync($0.first, report(2, 40)) },
      check: { account, _, _, order in
        let (sessions, xp) = (try account.sum("sessions"), try account.sum("xp"))
        #expect(sessions == 3 && xp == 40, "\(order)")
      })
  }

  @Test func `of two changes of a setting the later one wins`() throws {
    func change(_ value: String, _ time: String) -> JSON {
      [
        "push": [
          "settings": [["module": "breathing", "key": "pattern", "value": .string(value), "changedAt": .string(time)]]
        ]
      ]
    }
    try inEveryOrder(
      { try $0.sync($0.first, change("old", "2025-08-27T14:00:00.000Z")) },
      { try $0.sync($0.second, change("new", "2025-08-27T15:00:00.000Z")) },
      check: { account, _, _, order in
        let winner = try account.scene.texts(
          """
          SELECT value FROM breath.settings WHERE account_id = \(account.id)
          ORDER BY changed_at DESC, device_id DESC LIMIT 1
          """)
        #expect(winner == ["\"new\""], "\(order)")
      })
  }

  private func laterPull(_ account: Account, _ device: UUID, after version: Int64) throws -> Set<String> {
    let row = try account.scene.superuser.rows(
      """
      SELECT next_version, sessions FROM breath.pull(\(account.id), \(device),
        breath.cursor_life((SELECT incarnation FROM breath.incarnations ORDER BY begun_at DESC LIMIT 1), \(account.id)),
        \(version), 500, false, false)
      """)[0]
    let text: String? = try row["sessions"]
    let items = try #require(try JSON(parsing: "[\(text ?? "")]", limits: .trusted).array)
    return Set(items.compactMap { $0["id"]?.string })
  }
}
