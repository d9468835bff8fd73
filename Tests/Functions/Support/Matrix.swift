import Crypto
import Foundation
import FunctionRuntime
import StrictJSON
import Testing

/// Who may call what. A line for each route:
///
///     function  method  pattern  who may  what they get, for a request that is right but for what it names
///
/// `everybody`: whoever calls, with or without a token. `device`: a device's own access token. `key:scope`: that, or an
/// API key of that scope. `admin`: an administrator's access token.
enum Matrix {
  struct Row: Sendable, CustomTestStringConvertible {
    enum Access: Equatable, Sendable {
      case everybody, device, admin
      case key(scope: String)
    }

    let function: FunctionName
    let method: String
    let pattern: String
    let access: Access
    let outcome: String
    /// An empty object where `bodies` has nothing.
    var body: String { method == "GET" ? "" : Matrix.bodies["\(method) \(function.rawValue)\(pattern)"] ?? "{}" }
    /// None where `queries` has nothing.
    var query: String { Matrix.queries["\(function.rawValue)\(pattern)"] ?? "" }
    var testDescription: String { "\(method) \(function.rawValue)\(pattern)" }

    func expected(for caller: Callers.Kind) -> String {
      if access == .everybody { return outcome }
      switch caller {
      case .nobody: return "401 unauthenticated"
      case .garbage, .expired, .otherSigner: return "401 invalid_token"
      case .revoked: return "401 device_revoked"
      case .erased: return "410 account_gone"
      case .person, .neighbour: return access == .admin ? "403 admin_required" : outcome
      case .admin: return outcome
      case .syncKey, .statsKey, .wakaTimeKey:
        guard case .key(let scope) = access else { return "403 not_for_keys" }
        return scope == caller.scope ? outcome : "403 scope_missing"
      case .revokedKey: return access == .device || access == .admin ? "403 not_for_keys" : "401 invalid_key"
      // What it is for can be told by its form.
      case .revokedWakaTimeKey:
        guard case .key(let scope) = access else { return "403 not_for_keys" }
        return scope == caller.scope ? "401 invalid_key" : "403 scope_missing"
      }
    }
  }

  static let rows: [Row] = table.split(separator: "\n").map { line in
    let words = line.split(separator: " ").map(String.init)
    let access: Row.Access =
      switch words[3] {
      case "everybody": .everybody
      case "device": .device
      case "admin": .admin
      case let word: .key(scope: String(word.dropFirst("key:".count)))
      }
    return Row(
      function: FunctionName(rawValue: words[0])!, method: words[1], pattern: words[2] == "/" ? "" : words[2],
      access: access, outcome: words[4...].joined(separator: " "))
  }

  private static let table = """
    auth   POST    /anonymous                  everybody       422 invalid_content
    auth   POST    /token                      everybody       400 invalid_request
    auth   POST    /pairing                    device          201
    auth   POST    /pairing/redeem             everybody       422 invalid_content
    auth   GET     /pairing/merges             device          200
    auth   POST    /pairing/undo               device          404 not_found
    auth   POST    /device                     everybody       200
    auth   POST    /device/preview             device          404 user_code_invalid
    auth   POST    /device/approve             device          404 user_code_invalid
    auth   POST    /github                     everybody       404 not_set_up
    auth   POST    /github/callback            everybody       404 not_set_up
    auth   GET     /.well-known/oauth-authorization-server  everybody  200
    auth   POST    /register                   device          403 proof_failed
    auth   POST    /register/confirm           device          404 token_invalid
    auth   POST    /login                      everybody       422 invalid_content
    auth   PUT     /password                   device          403 proof_failed
    auth   POST    /password/reset             everybody       202
    auth   POST    /password/reset/confirm     everybody       422 invalid_content
    auth   POST    /recovery-codes             device          403 proof_failed
    auth   POST    /logout                     device          204
    auth   GET     /devices                    device          200
    auth   DELETE  /devices                    device          200
    auth   PATCH   /devices/{id}               device          404 not_found
    auth   DELETE  /devices/{id}               device          404 not_found
    auth   GET     /account                    device          200
    auth   PATCH   /account                    device          200
    auth   DELETE  /account                    device          403 proof_failed
    auth   GET     /consents                   device          200
    auth   POST    /consents                   device          200
    auth   POST    /keys                       device          201
    auth   GET     /keys                       device          200
    auth   DELETE  /keys/{id}                  device          404 key_not_found
    auth   POST    /totp                       device          403 proof_failed
    auth   POST    /totp/confirm               device          403 code_wrong
    auth   DELETE  /totp                       device          403 proof_failed
    auth   GET     /jwks.json                  everybody       200
    sync   POST    /                           key:sync        200
    sync   POST    /import                     key:sync        200
    sync   GET     /export                     key:sync        200
    sync   PUT     /detail                     device          200
    sync   GET     /digest                     key:sync        200
    sync   GET     /ledger                     key:sync        200
    stats  GET     /summary                    key:stats:read  200
    stats  GET     /days                       key:stats:read  200
    stats  GET     /streak                     key:stats:read  200
    stats  GET     /heatmap                    key:stats:read  200
    stats  GET     /hours                      key:stats:read  403 detail_is_days
    stats  GET     /sessions                   key:stats:read  403 detail_is_days
    stats  GET     /goals                      key:stats:read  200
    stats  PATCH   /goals                      key:sync        200
    stats  GET     /levels                     key:stats:read  200
    stats  GET     /records                    key:stats:read  200
    stats  GET     /trend                      key:stats:read  200
    stats  GET     /export.csv                 key:stats:read  200
    stats  GET     /export.json                key:stats:read  200
    stats  GET     /wakatime/users/current/status_bar/today      key:stats:read  200
    stats  GET     /wakatime/users/current/statusbar/today       key:stats:read  200
    stats  GET     /wakatime/users/current/summaries             key:stats:read  200
    stats  GET     /wakatime/users/current/stats/{range}         key:stats:read  404 not_found
    stats  GET     /wakatime/users/current/all_time_since_today  key:stats:read  200
    stats  GET     /challenges/today           key:stats:read  200
    stats  POST    /challenges/{id}/claim      key:sync        404 challenge_not_found
    stats  GET     /shares                     key:share       200
    stats  POST    /shares                     key:share       201
    stats  DELETE  /shares/{id}                key:share       404 share_not_found
    stats  GET     /card.svg                   key:stats:read  200
    stats  GET     /heatmap.svg                key:stats:read  200
    stats  GET     /trend.svg                  key:stats:read  200
    stats  GET     /badge.svg                  key:stats:read  200
    stats  GET     /shields.json               key:stats:read  200
    stats  GET     /shares/{id}/card.svg       everybody       404 share_not_found
    stats  GET     /shares/{id}/heatmap.svg    everybody       404 share_not_found
    stats  GET     /shares/{id}/trend.svg      everybody       404 share_not_found
    stats  GET     /shares/{id}/badge.svg      everybody       404 share_not_found
    stats  GET     /shares/{id}/shields.json   everybody       404 share_not_found
    admin  GET     /healthz                    everybody       200
    admin  GET     /readyz                     everybody       200
    admin  GET     /session                    admin           200
    """
}

extension Matrix {
  fileprivate static let queries = ["stats/wakatime/users/current/summaries": "range=Today"]

  fileprivate static let bodies = [
    "POST auth/pairing/undo": #"{"merge": "0198c2a0-0000-7000-8000-000000000099"}"#,
    "POST auth/device/preview": #"{"userCode": "BCDF-GHJK"}"#,
    "POST auth/device/approve": #"{"userCode": "BCDF-GHJK", "decision": "approve"}"#,
    "POST auth/register":
      #"{"email": "m@example.org", "password": "a long passphrase", "secret": "\#(String(repeating: "A", count: 43))"}"#,
    "POST auth/register/confirm": #"{"token": "\#(String(repeating: "A", count: 86))"}"#,
    "PUT auth/password": #"{"current": "not the password", "password": "another long passphrase"}"#,
    "POST auth/password/reset": #"{"email": "nobody@example.org"}"#,
    "POST auth/recovery-codes": #"{"password": "not the password"}"#,
    "PATCH auth/devices/{id}": #"{"name": "renamed"}"#,
    "PATCH auth/account": #"{"alias": "Sam"}"#,
    "DELETE auth/account": #"{"secret": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}"#,
    "POST auth/consents": #"{"subject": "social", "choice": "granted", "textVersion": "2026-11-24"}"#,
    "POST auth/keys": #"{"name": "matrix", "scopes": ["share"]}"#,
    "POST auth/totp": #"{"password": "tidal breathing"}"#,
    "POST auth/totp/confirm": #"{"code": "123456"}"#,
    "DELETE auth/totp": #"{"password": "tidal breathing", "totp": "123456"}"#,
    "POST sync/import": #"{"breathMaster": {"meditation": {"totalXP": 5, "sessions": []}}}"#,
    "PATCH stats/goals": #"{"weeklyDays": 5}"#,
    "POST stats/shares": #"{"content": ["level"]}"#,
    "PUT sync/detail": #"{"detail": "sessions"}"#,
  ]
}

/// One of each kind of caller.
struct Callers: Sendable {
  enum Kind: CaseIterable {
    // The person last: what a route does to the device that calls it must not disturb the others.
    case nobody, garbage, expired, otherSigner, revoked, erased, neighbour, syncKey, statsKey, wakaTimeKey, revokedKey
    case revokedWakaTimeKey, admin, person

    var scope: String? {
      switch self {
      case .syncKey: "sync"
      case .statsKey, .wakaTimeKey, .revokedWakaTimeKey: "stats:read"
      default: nil
      }
    }
  }

  private let credentials: [Kind: String]

  /// - Parameter row: an administrator who signs in with both factors takes a second, so only for whom it matters; elsewhere
  ///   the token alone says so, and must not count for more than a person's.
  init(for row: Matrix.Row) throws {
    let (person, revoked, erased) = (try Device(shares: false), try Device(), try Device())
    var credentials: [Kind: String] = [
      .garbage: "eyJhbGciOiJub25lIn0.e30.", .person: person.accessToken,
      .neighbour: try Device(shares: false).accessToken,
      .revoked: revoked.accessToken, .erased: erased.accessToken,
    ]
    var expired = TokenClaims(of: person)
    expired.lifetime = -1
    credentials[.expired] = try expired.token()
    credentials[.admin] =
      row.access == .admin
      ? try Person.admin().accessToken : try TokenClaims(of: Device(shares: false), role: "admin").token()
    credentials[.otherSigner] = try TokenClaims(of: person).token(key: .init())
    for kind: Kind in [.syncKey, .statsKey, .wakaTimeKey, .revokedKey, .revokedWakaTimeKey] {
      let isWakaTime = kind == .wakaTimeKey || kind == .revokedWakaTimeKey
      let made = try person.makeKey(kind.scope ?? "sync", spelling: isWakaTime ? "wakatime" : "breath-master")
      credentials[kind] = try made.text("key")
      if kind == .revokedKey || kind == .revokedWakaTimeKey {
        _ = try person.call(.auth, "DELETE", "/keys/\(made.text("id"))")
      }
    }
    try Superuser.revoke(revoked)
    try Superuser.erase(erased)
    self.credentials = credentials
  }

  func event(_ row: Matrix.Row, _ caller: Kind) throws -> Event {
    var headers = ["content-type": "application/json"]
    headers["authorization"] = credentials[caller].map { "Bearer \($0)" }
    // Each in a network of its own, so that limits by network do not mix.
    headers["x-forwarded-for"] = "10.\(Int.random(in: 0...255)).\(Int.random(in: 0...255)).1"
    let path = row.pattern.replacing(/\{\w+\}/, with: UUID().uuidString.lowercased())
    return Event(row.method, path, query: row.query, headers: headers, body: row.body)
  }
}

extension Device {
  func makeKey(_ scope: String, spelling: String = "breath-master") throws -> Reply {
    let body = #"{"name": "matrix", "scopes": ["\#(scope)"], "spelling": "\#(spelling)"}"#
    let reply = try call(.auth, "POST", "/keys", headers: ["content-type": "application/json"], body: body)
    try #require(reply.status == 201, "\(reply.line)")
    return reply
  }
}

extension Device {
  /// One that shows everything, unless told otherwise.
  func makeShare(_ body: String = #"{"content": ["level", "streak", "week", "totals", "heatmap", "trend"]}"#) throws
    -> Reply
  {
    let reply = try call(.stats, "POST", "/shares", headers: ["content-type": "application/json"], body: body)
    try #require(reply.status == 201, "\(reply.line)")
    return reply
  }
}

/// For a route that names something: one of the caller's own, a stranger's, none, and one that is gone.
struct Targets {
  enum Kind { case own, foreign, missing, deleted }

  let owner: Device
  private let make: (Device) throws -> String
  /// Nil where nothing is ever gone: a device that was signed out for good is still listed.
  private let delete: ((Device, String) throws -> Void)?
  /// Whether who has the id may see it, whoever they are.
  private var isPublic = false

  init(of row: Matrix.Row) throws {
    owner = try Device()
    switch "\(row.function.rawValue)\(row.pattern)" {
    case "auth/keys/{id}":
      make = { try $0.makeKey("sync").text("id") }
      delete = { _ = try $0.call(.auth, "DELETE", "/keys/\($1)") }
    case "auth/devices/{id}":
      make = { try $0.paired().id }
      delete = nil
    case "stats/shares/{id}", "stats/shares/{id}/card.svg", "stats/shares/{id}/heatmap.svg",
      "stats/shares/{id}/trend.svg", "stats/shares/{id}/badge.svg", "stats/shares/{id}/shields.json":
      make = { try $0.makeShare().text("id") }
      delete = { _ = try $0.call(.stats, "DELETE", "/shares/\($1)") }
      isPublic = row.access == .everybody
    default: throw Missing(route: row.pattern)
    }
  }

  struct Missing: Error { let route: String }

  func ids() throws -> [(Kind, String)] {
    var ids: [(Kind, String)] = [(.missing, UUID().uuidString.lowercased()), (.own, try make(owner))]
    if !isPublic { ids.append((.foreign, try make(Device()))) }
    if let delete {
      let deleted = try make(owner)
      try delete(owner, deleted)
      ids.append((.deleted, deleted))
    }
    return ids
  }
}
