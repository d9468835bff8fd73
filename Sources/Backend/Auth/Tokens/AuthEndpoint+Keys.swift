import BreathDomain
import FoundationEssentials
import FunctionRuntime
import Postgres
import StrictJSON

/// API keys for scripts and widgets: made and revoked on a signed-in device, shown once.
extension AuthEndpoint {
  /// With the machine's own `secret` a key lives as long as is asked for; without it a week, for whoever has the access token
  /// alone may have stolen it (decision 34).
  func makeKey(_ request: Request, _ context: Context) async throws -> Reply {
    let services = try await endpoint.services()
    let caller = try await services.authenticator.caller(of: request)
    let body = try request.object(of: WantedKey.members + ["/secret"])
    let (wanted, secretHash) = (try WantedKey(body), try body["secret"].optionalSecretHash())
    let days = secretHash == nil ? min(wanted.days, WantedKey.daysWithoutSecretMax) : wanted.days
    let key = NewKey(wanted.spelling, for: caller.account)
    let expiresAt = context.now.addingTimeInterval(Double(days) * 86_400)
    let (results, headers) = try services.pipeline(
      for: caller, locking: true,
      [
        """
        SELECT CASE WHEN \(caller.isProven(by: secretHash)) THEN breath.make_api_key(
          \(caller.account.uuid), \(caller.device.uuid), \(key.device.uuid), \(key.hash), \(wanted.name),
          \(wanted.scopes.map(\.rawValue)), \(expiresAt)) ELSE 'unproven' END AS outcome
        """
      ], context)
    let outcome: String = try results[0].only["outcome"]
    guard outcome != "unproven" else { throw Problem.secretWrong }
    guard outcome == "made" else { throw Problem.tooManyKeys }
    var made = JSONObject([
      ("id", .string(key.device.uuid.lowercased)), ("key", .string(key.text)), ("name", .string(wanted.name)),
      ("scopes", .array(wanted.scopes.map { .string($0.rawValue) })), ("expiresAt", JSON(expiresAt)),
    ])
    if days < wanted.days { made["notice"] = WantedKey.shortened }
    return Reply(201, json: .object(made), headers: headers)
  }

  func listKeys(_ request: Request, _ context: Context) async throws -> Reply {
    let services = try await endpoint.services()
    let caller = try await services.authenticator.caller(of: request)
    let (results, headers) = try services.pipeline(
      for: caller, locking: false,
      [
        """
        SELECT k.device_id, d.name, k.scopes, k.created_at, k.expires_at, k.last_used_on
        FROM breath.api_keys k JOIN breath.devices d USING (account_id, device_id)
        WHERE k.account_id = \(caller.account.uuid) AND d.revoked_at IS NULL
        ORDER BY k.created_at, k.device_id
        """
      ], context)
    return Reply(200, json: ["keys": .array(try results[0].map(AuthEndpoint.listed))], headers: headers)
  }

  private static func listed(_ row: Row) throws -> JSON {
    let (id, scopes): (UUID, [String]) = (try row["device_id"], try row["scopes"])
    let (createdAt, expiresAt): (Date, Date) = (try row["created_at"], try row["expires_at"])
    let lastUsed: PostgresDate? = try row["last_used_on"]
    return [
      "id": .string(id.lowercased), "name": JSON(shownName: try row["name"]),
      "scopes": .array(scopes.map { .string($0) }),
      "createdAt": JSON(createdAt), "expiresAt": JSON(expiresAt),
      "lastUsedOn": JSON(lastUsed.map { "\($0)" }),
    ]
  }

  /// Foreign, unknown and revoked ones look the same.
  func revokeKey(_ request: Request, _ context: Context) async throws -> Reply {
    let services = try await endpoint.services()
    let caller = try await services.authenticator.caller(of: request)
    guard let id = UUID(uuidString: request.parameters["id"] ?? "") else { throw Problem.keyNotFound }
    let (results, headers) = try services.pipeline(
      for: caller, locking: true,
      ["SELECT revoked FROM breath.revoke_api_key(\(caller.account.uuid), \(id))"], context)
    guard try results[0].only["revoked"] else { throw Problem.keyNotFound }
    return Reply(204, headers: headers)
  }
}

/// `{"name", "scopes": ["stats:read"], "days": 90, "spelling": "wakatime"}`
private struct WantedKey {
  static let members = ["/name", "/scopes", "/days", "/spelling"]
  private static let daysDefault: Int64 = 365, daysMax: Int64 = 730
  static let daysWithoutSecretMax: Int64 = 7
  static let shortened: JSON = [
    "code": "key_lives_a_week",
    "detail": "Without the machine's own secret a key lives a week. Send it as `secret` for a key that lives longer.",
  ]

  let name: String
  let scopes: [Scope]
  let days: Int64
  let spelling: KeySpelling

  init(_ body: JSONNode) throws(JSONMismatch) {
    name = try body["name"].name().text
    spelling = try body["spelling"].ifPresent(KeySpelling.init) ?? .breathMaster
    scopes = try WantedKey.scopes(body["scopes"], spelling)
    days =
      try body["days"].ifPresent { node throws(JSONMismatch) in
        try node.integer(in: 1...WantedKey.daysMax)
      } ?? WantedKey.daysDefault
  }

  private static func scopes(_ node: JSONNode, _ spelling: KeySpelling) throws(JSONMismatch) -> [Scope] {
    var wanted: Set<Scope> = []
    for item in try node.items() {
      guard let scope = Scope(rawValue: try item.string(length: 1...16)) else {
        throw item.mismatch("unknown_scope", "must be sync, stats:read or share")
      }
      wanted.insert(scope)
    }
    guard !wanted.isEmpty else { throw node.mismatch("too_short", "must name at least one scope") }
    guard spelling == .breathMaster || wanted == [.readStats] else {
      throw node.mismatch("reads_only", "must be stats:read alone for a key in WakaTime's spelling")
    }
    return Scope.allCases.filter(wanted.contains)
  }
}

/// How a key is written. Clients that were made for WakaTime take no other form than theirs.
private enum KeySpelling: String {
  case breathMaster = "breath-master"
  case wakaTime = "wakatime"

  init(_ node: JSONNode) throws(JSONMismatch) {
    guard let spelling = KeySpelling(rawValue: try node.string(length: 1...32)) else {
      throw node.mismatch("unknown_spelling", "must be breath-master or wakatime")
    }
    self = spelling
  }
}

/// What is stored of a key, and its text, which is not.
private struct NewKey {
  let device: DeviceID
  let hash: [UInt8]
  let text: String

  init(_ spelling: KeySpelling, for account: AccountID) {
    switch spelling {
    case .breathMaster:
      let key = APIKey(account: account)
      (device, hash, text) = (key.device, key.hash, key.text)
    case .wakaTime:
      let key = WakaTimeKey()
      (device, hash, text) = (key.device, key.hash, key.text)
    }
  }
}

extension Problem {
  fileprivate static let tooManyKeys = Problem(
    409, code: "too_many_keys", detail: "An account has at most 20 keys. Revoke one that is not used any more.")
  fileprivate static let keyNotFound = Problem(404, code: "key_not_found", detail: "There is no such key.")
}
