import Backend
import Foundation
import Operations
import Postgres
import StrictJSON
import SyncSamples
import TestSupport
import Testing

/// A merge, or its undoing, beside another request, in every order of their statements: what was pushed is there in the
/// end, or its device was told to come again; nothing is there twice, and every later pull brings the rest.
@Suite struct MergeInterleavingTests {
  /// Two accounts that share sessions, each with a device and a session, and a code of the second's.
  private final class Scene {
    let superuser: Connection
    let doctor: Doctor
    let source = UUID(), target = UUID(), mover = UUID(), host = UUID(), refreshSession = UUID()

    init() throws {
      superuser = try Database.connect()
      doctor = try Doctor(url: TestEnvironment.value("BREATH_TEST_DATABASE_URL"), caCertificate: nil)
      for (account, device) in [(source, mover), (target, host)] {
        _ = try superuser.pipeline([
          "INSERT INTO breath.accounts (account_id, version, detail) VALUES (\(account), 1, 'sessions')",
          """
          INSERT INTO breath.devices (account_id, device_id, version, name, time_zone)
          VALUES (\(account), \(device), 1, 'laptop', 'UTC')
          """,
          """
          INSERT INTO breath.device_credentials (device_id, account_id, secret_hash)
          VALUES (\(device), \(account), sha256(uuid_send(\(device))))
          """,
          """
          INSERT INTO breath.pairing_codes (code_hash, account_id, device_id, expires_at)
          VALUES (sha256(uuid_send(\(account))), \(account), \(device), now() + interval '1 hour')
          """,
        ])
        try run(sync(account, device, ["push": ["sessions": [session("of \(device)")]]]))
      }
      _ = try superuser.rows(
        """
        INSERT INTO breath.refresh_sessions (account_id, session_id, device_id, rotated_at)
        VALUES (\(source), \(refreshSession), \(mover), now() - interval '1 hour')
        """)
    }

    func run(_ steps: [[SQL]]) throws { _ = try superuser.pipeline(steps.flatMap(\.self)) }

    func sync(_ account: UUID, _ device: UUID, _ body: JSON) throws -> [[SQL]] {
      let statements = try SamplePipeline.statements(of: body.encoded, account: account, device: device)
      return [[statements[0]], Array(statements[1...].dropLast()), statements.suffix(1)].filter { !$0.isEmpty }
    }

    /// What `POST /v1/auth/pairing/redeem` runs when the device redeems the account's code.
    func redeem(_ account: UUID, by device: UUID) -> [[SQL]] {
      [
        [
          """
          SELECT account FROM breath.redeem_pairing(
            sha256(uuid_send(\(account))), \(device), sha256(uuid_send(\(device))), 'tower', 'UTC', \(UUID()))
          """
        ]
      ]
    }

    func undo() throws -> [[SQL]] {
      let merge: UUID = try superuser.rows("SELECT merge_id FROM breath.merges WHERE account_id = \(target)")[0][
        "merge_id"]
      return [
        ["SELECT set_config('breath.account', \("\(target)"), true)"],
        ["SELECT outcome FROM breath.undo_merge(\(target), \(host), 1, \(merge))"],
      ]
    }

    func sessions(of account: UUID) throws -> Set<String> {
      Set(
        try superuser.rows("SELECT session_id AS value FROM breath.sessions WHERE account_id = \(account)").map {
          try $0["value"]
        })
    }

    func expectSound(_ order: [Int]) throws {
      for account in [source, target] {
        let differences = try #require(try doctor.examine(account)).map(\.description)
        #expect(differences == [], "\(order)")
      }
      let twice = try superuser.rows(
        """
        SELECT device_id, session_id FROM breath.sessions WHERE account_id IN (\(source), \(target))
        GROUP BY 1, 2 HAVING count(*) > 1
        """)
      #expect(twice.isEmpty, "\(order)")
    }
  }

  private static func session(_ id: String) -> JSON {
    [
      "id": .string(id), "startedAt": "2025-08-27T14:02:11.345Z", "endedAt": "2025-08-27T14:07:11.345Z",
      "activeMs": 300_000, "cycles": 21, "goalBonusXP": 3,
    ]
  }

  private static let push: JSON = ["push": ["sessions": [session("new")]]]

  private func inEveryOrder(
    prepare: (Scene) throws -> Void = { _ in }, against secondRole: String = "sync",
    _ first: (Scene) throws -> [[SQL]], _ second: (Scene) throws -> [[SQL]],
    check: (Scene, Player, Player, [Int]) throws -> Void
  ) throws {
    let sample = try Scene()
    try prepare(sample)
    let turns = (try first(sample).count + 1, try second(sample).count + 1)
    for order in Interleaving.orders(turns.0, turns.1) {
      let scene = try Scene()
      try prepare(scene)
      let players = (try Player(try first(scene), role: "auth"), try Player(try second(scene), role: secondRole))
      var interleaving = Interleaving(players.0, players.1, observer: scene.superuser)
      try interleaving.run(order)
      try check(scene, players.0, players.1, order)
      try scene.expectSound(order)
    }
  }

  @Test func `merge and push of the source's device: it is stored, or told to refresh and stored then`() throws {
    try inEveryOrder(
      { $0.redeem($0.target, by: $0.mover) }, { try $0.sync($0.source, $0.mover, MergeInterleavingTests.push) },
      check: { scene, merge, push, order in
        #expect(merge.failure == nil, "\(order)")
        if let failure = push.failure {
          #expect(failure.sqlState == "BM401" && failure.detail == "account moved", "\(order)")
          try scene.run(scene.sync(scene.target, scene.mover, MergeInterleavingTests.push))
        }
        let (left, all) = (try scene.sessions(of: scene.source), try scene.sessions(of: scene.target))
        #expect(left == [] && all == ["of \(scene.mover)", "of \(scene.host)", "new"], "\(order)")
      })
  }

  @Test func `merge and push of the target's device: both are there, and what it did not see comes later`() throws {
    try inEveryOrder(
      { $0.redeem($0.target, by: $0.mover) }, { try $0.sync($0.target, $0.host, MergeInterleavingTests.push) },
      check: { scene, merge, push, order in
        #expect(merge.failure == nil && push.failure == nil, "\(order)")
        let all = try scene.sessions(of: scene.target)
        #expect(all == ["of \(scene.mover)", "of \(scene.host)", "new"], "\(order)")
        let pulled = try #require(push.pulled)
        let later = try laterPull(scene, scene.target, scene.host, after: pulled.version)
        #expect(
          pulled.sessions.union(later) == ["of \(scene.mover)"] && pulled.sessions.isDisjoint(with: later), "\(order)")
      })
  }

  @Test func `merge and pull of the target's device: all of the source or nothing, the rest later`() throws {
    try inEveryOrder(
      { $0.redeem($0.target, by: $0.mover) }, { try $0.sync($0.target, $0.host, [:]) },
      check: { scene, merge, pull, order in
        #expect(merge.failure == nil && pull.failure == nil, "\(order)")
        let pulled = try #require(pull.pulled)
        let later = try laterPull(scene, scene.target, scene.host, after: pulled.version)
        #expect(
          pulled.sessions.union(later) == ["of \(scene.mover)"] && pulled.sessions.isDisjoint(with: later), "\(order)")
      })
  }

  @Test func `merge and pull of the source's device: no answer, or one of the account as it was`() throws {
    try inEveryOrder(
      { $0.redeem($0.target, by: $0.mover) }, { try $0.sync($0.source, $0.mover, [:]) },
      check: { _, merge, pull, order in
        #expect(merge.failure == nil, "\(order)")
        #expect(pull.failure == nil || pull.failure?.detail == "account moved", "\(order)")
        #expect(pull.digestCount == nil || pull.digestCount == 1, "\(order)")
      })
  }

  @Test func `two merges, one into the other, end as one account`() throws {
    try inEveryOrder(
      against: "auth", { $0.redeem($0.target, by: $0.mover) }, { $0.redeem($0.source, by: $0.host) },
      check: { scene, first, second, order in
        let failures = [first, second].compactMap(\.failure)
        #expect(failures.allSatisfy { $0.isRetryable }, "\(order)")
        let (one, other) = (try scene.sessions(of: scene.source), try scene.sessions(of: scene.target))
        #expect(one.union(other) == ["of \(scene.mover)", "of \(scene.host)"], "\(order)")
        #expect(one == [] || other == [], "\(order)")
      })
  }

  @Test func `merge and refresh: the session is found, before or after`() throws {
    try inEveryOrder(
      against: "auth", { $0.redeem($0.target, by: $0.mover) },
      { scene in
        [
          [
            """
            SELECT r.outcome FROM (SELECT breath.locate_refresh(\(scene.source), \(scene.refreshSession)) AS account) l
            CROSS JOIN LATERAL breath.rotate_refresh(l.account, \(scene.refreshSession), 1) AS r
            """
          ]
        ]
      },
      check: { scene, merge, refresh, order in
        #expect(merge.failure == nil && refresh.failure == nil, "\(order)")
        let row = try scene.superuser.rows(
          "SELECT counter, account_id FROM breath.refresh_sessions WHERE session_id = \(scene.refreshSession)")[0]
        let (counter, account) = (try row["counter"] as Int64, try row["account_id"] as UUID)
        #expect(counter == 2 && account == scene.target, "\(order)")
      })
  }

  @Test func `undo and push of the device that goes back: it is stored, or told to refresh and stored then`() throws {
    try inEveryOrder(
      prepare: { try $0.run($0.redeem($0.target, by: $0.mover)) },
      { try $0.undo() }, { try $0.sync($0.target, $0.mover, MergeInterleavingTests.push) },
      check: { scene, undo, push, order in
        #expect(undo.failure == nil, "\(order)")
        if let failure = push.failure {
          #expect(failure.sqlState == "BM401" && failure.detail == "account moved", "\(order)")
          try scene.run(scene.sync(scene.source, scene.mover, MergeInterleavingTests.push))
        }
        let (back, stayed) = (try scene.sessions(of: scene.source), try scene.sessions(of: scene.target))
        #expect(back == ["of \(scene.mover)", "new"] && stayed == ["of \(scene.host)"], "\(order)")
      })
  }

  @Test func `undo and push of a device that stays`() throws {
    try inEveryOrder(
      prepare: { try $0.run($0.redeem($0.target, by: $0.mover)) },
      { try $0.undo() }, { try $0.sync($0.target, $0.host, MergeInterleavingTests.push) },
      check: { scene, undo, push, order in
        #expect(undo.failure == nil && push.failure == nil, "\(order)")
        let (back, stayed) = (try scene.sessions(of: scene.source), try scene.sessions(of: scene.target))
        #expect(back == ["of \(scene.mover)"] && stayed == ["of \(scene.host)", "new"], "\(order)")
      })
  }

  private func laterPull(_ scene: Scene, _ account: UUID, _ device: UUID, after version: Int64) throws -> Set<String> {
    let row = try scene.superuser.rows(
      """
      SELECT sessions FROM breath.pull(\(account), \(device),
        breath.cursor_life((SELECT incarnation FROM breath.incarnations ORDER BY begun_at DESC LIMIT 1), \(account)),
        \(version), 500, false, false)
      """)[0]
    let text: String? = try row["sessions"]
    let items = try #require(try JSON(parsing: "[\(text ?? "")]", limits: .trusted).array)
    return Set(items.compactMap { $0["id"]?.string })
  }
}
