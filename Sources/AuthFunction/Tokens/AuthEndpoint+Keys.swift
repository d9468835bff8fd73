import Backend
import BreathDomain
import FoundationEssentials
import FunctionRuntime
import Postgres
import StrictJSON

/// API keys for scripts and widgets: made and revoked on a signed-in device, shown once.
extension AuthEndpoint {
  /// With the machine's own `secret` a key lives as long as is asked for; without it a week, for whoever has the access token
  /// alone may have stolen it (decision 34).
  func makeKey(_ signedIn: SignedIn) async throws -> Reply {
    let body = try signedIn.request.object(of: WantedKey.members + ["/secret"])
    let (wanted, secretHash) = (try WantedKey(body), try body["secret"].optionalSecretHash())
    let days = secretHash == nil ? min(wanted.days, WantedKey.daysWithoutSecretMax) : wanted.days
    let key = NewKey(wanted.spelling, for: signedIn.caller.account)
    let expiresAt = signedIn.context.now.addingTimeInterval(Double(days) * 86_400)
    switch try signedIn.write(key.making(wanted, until: expiresAt, by: signedIn.caller, secretHash)) {
    case .made: break
    case .tooMany: throw Problem.tooManyKeys
    case nil: throw Problem.secretWrong
    }
    var made = JSONObject([
      ("id", .string(key.device.uuid.lowercased)), ("key", .string(key.text)), ("name", .string(wanted.name)),
      ("scopes", .array(wanted.scopes.map { .string($0.rawValue) })), ("expiresAt", JSON(expiresAt)),
    ])
    if days < wanted.days { made["notice"] = WantedKey.shortened }
    return Reply(201, json: .object(made))
  }

  func listKeys(_ signedIn: SignedIn) async throws -> Reply {
    let keys = try signedIn.read(
      Pipeline(
        """
        SELECT k.device_id, d.name, k.scopes, k.created_at, k.expires_at, k.last_used_on
        FROM breath.api_keys k JOIN breath.devices d USING (account_id, device_id)
        WHERE k.account_id = \(signedIn.caller.account.uuid) AND d.revoked_at IS NULL
        ORDER BY k.created_at, k.device_id
        """, each: AuthEndpoint.listed))
    return Reply(200, json: ["keys": .array(keys)])
  }

  private static func listed(_ row: Row) throws -> JSON {
    let (id, scopes): (UUID, [String]) = (try row["device_id"], try row["scopes"])
    let (createdAt, expiresAt): (Date, Date) = (try row["created_at"], try row["expires_at"])
    let lastUsed: LocalDate? = try row["last_used_on"]
    return [
      "id": .string(id.lowercased), "name": JSON(shownName: try row["name"]),
      "scopes": .array(scopes.map { .string($0) }),
      "createdAt": JSON(createdAt), "expiresAt": JSON(expiresAt),
      "lastUsedOn": JSON(lastUsed.map { "\($0)" }),
    ]
  }

  /// Foreign, unknown and revoked ones look the same.
  func revokeKey(_ signedIn: SignedIn) async throws -> Reply {
    guard let id = UUID(uuidString: signedIn.request.parameters["id"] ?? "") else { throw Problem.keyNotFound }
    let isRevoked = try signedIn.write(
      Pipeline<Bool>(
        "SELECT revoked FROM breath.revoke_api_key(\(signedIn.caller.account.uuid), \(id))",
        value: "revoked"))
    guard isRevoked else { throw Problem.keyNotFound }
    return Reply(204)
  }
}

/// What came of making a key (`breath.make_api_key`).
package enum MakeKeyOutcome: String, CaseIterable, PostgresDecodable {
  case made
  case tooMany = "too_many"
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

  /// Nil when the secret that was sent is not the device's own.
  func making(
    _ wanted: WantedKey, until expiresAt: Date, by caller: Caller, _ secretHash: [UInt8]?
  ) -> Pipeline<MakeKeyOutcome?> {
    Pipeline(
      """
      SELECT CASE WHEN \(caller.isProven(by: secretHash)) THEN breath.make_api_key(
        \(caller.account.uuid), \(caller.device.uuid), \(device.uuid), \(hash), \(wanted.name),
        \(wanted.scopes.map(\.rawValue)), \(expiresAt)) END AS outcome
      """, row: { row in try row["outcome"] })
  }
}

extension Problem {
  fileprivate static let tooManyKeys = Problem(
    409, code: "too_many_keys", detail: "An account has at most 20 keys. Revoke one that is not used any more.")
  fileprivate static let keyNotFound = Problem(404, code: "key_not_found", detail: "There is no such key.")
}
