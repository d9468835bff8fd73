import Foundation
import Postgres
import StrictJSON
import TestSupport

/// The executables, with an account of their own for one history. Several of them work at a time, so that transactions
/// overlap as PostgreSQL pleases: the same seed asks the same things, but not in the same order within the database.
final class RealServer: Server {
  private let stage: Stage
  private let superuser: Connection
  private let wire: FaultyWire?
  private let auth: Executable
  private let tier: Tier
  private var random: Seeded
  private var account: UUID?
  private var tokens: [DeviceID: String] = [:]
  private var idle: [Executable] = []
  private var busy: [Int: Executable] = [:]
  private var lastTicket = 0
  private var backups: [String] = []

  init(_ stage: Stage, tier: Tier, seed: UInt64) throws {
    self.stage = stage
    self.tier = tier
    random = Seeded(seed &+ 77)
    superuser = try stage.connect()
    auth = try stage.start("auth")
    wire = stage.level == .processes ? try FaultyWire(to: stage.port, seed: seed) : nil
  }

  func wallMs(journalMs: Int64) -> Int64 { Int64(Date().timeIntervalSince1970 * 1000) }

  func heal() { wire?.heal() }

  var summary: String {
    let found = try? superuser.rows(
      """
      SELECT string_agg(item, ', ' ORDER BY item) AS value FROM (
        SELECT left(device_id::text, 4) || '/' || session_id AS item FROM breath.sessions WHERE account_id = \(account)
        UNION ALL
        SELECT '-' || left(device_id::text, 4) || '/' || coalesce(session_id, 'nameless')
        FROM breath.tombstones WHERE account_id = \(account)
        UNION ALL
        SELECT left(device_id::text, 4) || '/' || local_date || '=' || reported_sessions || ' ' || reported_active_ms
          || ' ' || reported_cycles || ' ' || reported_xp
        FROM breath.day_totals
        WHERE account_id = \(account)
          AND greatest(reported_sessions, reported_active_ms, reported_cycles, reported_xp) > 0
      ) AS items
      """
    ).first
    return (try? found?["value"]) ?? "nothing"
  }
}

// MARK: - Enrolment

extension RealServer {
  func enrol(_ device: DeviceID, name: String, zone: Zone) throws {
    let secret = Base64URL.newSecret(&random)
    let news: JSON = ["id": .string(device.text), "name": .string(name), "timeZone": .string(zone.name)]
    var body = JSONObject([("device", news), ("secret", .string(secret))])
    if let first = tokens.keys.first {
      body["code"] = try ask(auth, "POST", "/pairing", tokens[first], "").body["code"]
    }
    let path = tokens.isEmpty ? "/anonymous" : "/pairing/redeem"
    let answer = try ask(auth, "POST", path, nil, JSON.object(body).text)
    guard answer.status == 201, let token = answer.body["accessToken"]?.string else {
      throw Stage.Missing(what: "enrolment: \(answer.body.text)")
    }
    let isFirst = tokens.isEmpty
    tokens[device] = token
    account = answer.body["account"]?.string.flatMap { UUID(uuidString: $0) }
    if isFirst, tier == .sessions {
      let sync = try stage.start("sync")
      let answer = try ask(sync, "PUT", "/detail", token, #"{"detail":"sessions"}"#)
      guard answer.status == 200 else { throw Stage.Missing(what: "tier: \(answer.body.text)") }
      idle.append(sync)
    }
  }

  private func ask(_ process: Executable, _ method: String, _ path: String, _ token: String?, _ body: String) throws
    -> Answer
  {
    try process.send(event(method, path, token, body, seconds: 25))
    guard let answer = try answer(of: process) else { throw Executable.Ended(log: process.log()) }
    return answer
  }
}

// MARK: - Requests

extension RealServer {
  func submit(_ call: Call, fate: Fate) throws -> Int {
    lastTicket += 1
    let process = try idle.popLast() ?? stage.start("sync", port: wire?.port)
    busy[lastTicket] = process
    let seconds = wire?.isFaulty == true ? 1.8 : 25
    switch call.kind {
    case .sync(let body): try process.send(event("POST", "", tokens[call.device], body.text, seconds: seconds))
    case .choose(let tier):
      let body: JSON = ["detail": .string(tier.rawValue)]
      try process.send(event("PUT", "/detail", tokens[call.device], body.text, seconds: seconds))
    }
    if fate == .killedBeforeCommit {
      // Any instant of the few milliseconds it takes.
      usleep(UInt32(random.number(0...6_000)))
      process.kill()
    }
    return lastTicket
  }

  func isOpen(_ ticket: Int) -> Bool { busy[ticket] != nil }

  func advance(_ ticket: Int, nowMs: Int64, fate: Fate) throws -> Answer? {
    guard let process = busy.removeValue(forKey: ticket) else { return nil }
    let answer = try answer(of: process)
    switch fate {
    case .killedBeforeCommit: return nil
    case .killedAfterCommit:
      process.kill()
      return nil
    case .lives:
      guard let answer else { throw Executable.Ended(log: process.log()) }
      idle.append(process)
      return answer
    }
  }

  private func answer(of process: Executable) throws -> Answer? {
    while let line = try process.line() {
      let json = try JSON(parsing: Array(line.utf8), limits: .trusted)
      if json["ok"]?.bool == true { continue }
      return Answer(status: Int(json["statusCode"]?.integer ?? 0), body: json["body"] ?? [:])
    }
    return nil
  }

  private func event(_ method: String, _ path: String, _ token: String?, _ body: String, seconds: Double) -> String {
    var headers = ["content-type": "application/json"]
    headers["authorization"] = token.map { "Bearer \($0)" }
    let event = RawMode.event(method, path, headers: headers, body: body)
    let deadlineMs = Int64((Date().timeIntervalSince1970 + seconds) * 1000)
    let envelope: JSON = ["value": event, "deadline": .string("\(deadlineMs)")]
    return envelope.text + "\n"
  }
}

// MARK: - Backups

extension RealServer {
  func backUp() throws {
    let saved: String = try superuser.rows("SELECT torture.save(\(account)) AS value").first!["value"]
    backups.append(saved)
  }

  var backupCount: Int { backups.count }

  func restore(_ index: Int, isNoticed: Bool) throws {
    // A deadlock with what a killed process had begun is nobody's fault: PostgreSQL ends one of the two.
    for attempt in 1... {
      do throws(PostgresError) {
        _ = try superuser.rows("SELECT torture.restore(\(account), \(backups[index % backups.count]))::text AS value")
        break
      } catch { guard error.isRetryable, attempt < 10 else { throw error } }
    }
    if isNoticed { _ = try superuser.rows("INSERT INTO breath.incarnations (reason) VALUES ('torture')") }
  }
}
