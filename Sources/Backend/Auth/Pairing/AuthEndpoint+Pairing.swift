import BreathDomain
import Crypto
import FoundationEssentials
import FunctionRuntime
import Postgres
import StrictJSON

/// A second machine joins by a one-time code: made on one that is signed in, typed on the other.
extension AuthEndpoint {
  /// `POST /v1/auth/pairing` `{"secret"}`, or nothing: then the code is good only in the network it was made in, for whoever
  /// has the access token alone may have stolen it (decision 34).
  func makePairingCode(_ request: Request, _ context: Context) async throws -> Reply {
    let services = try await endpoint.services()
    let caller = try await services.authenticator.caller(of: request)
    var secretHash: [UInt8]?
    if !request.body.isEmpty { secretHash = try request.object(of: ["/secret"])["secret"].optionalSecretHash() }
    let here = request.networkHash(try await issuer(services).refreshKey)
    let network = secretHash == nil ? here : nil
    let code = PairingCode.random()
    let expiresAt = context.now.addingTimeInterval(PairingCode.lifetimeSeconds)
    let (results, headers) = try services.pipeline(
      for: caller, locking: true,
      [
        """
        SELECT c.open < b.pairing_codes_max AS has_room, \(caller.isProven(by: secretHash)) AS is_proven
        FROM breath.account_bounds() AS b, (
          SELECT count(*) AS open FROM breath.pairing_codes c
          WHERE c.account_id = \(caller.account.uuid) AND c.redeemed_at IS NULL AND c.expires_at > now()
        ) AS c
        """,
        """
        INSERT INTO breath.pairing_codes (code_hash, account_id, device_id, expires_at, network)
        SELECT \(code.hash), \(caller.account.uuid), \(caller.device.uuid), \(expiresAt), \(network)
        FROM breath.account_bounds() AS b
        WHERE \(caller.isProven(by: secretHash)) AND b.pairing_codes_max > (
          SELECT count(*) FROM breath.pairing_codes c
          WHERE c.account_id = \(caller.account.uuid) AND c.redeemed_at IS NULL AND c.expires_at > now())
        """,
      ], context)
    let judged = try results[0].only
    guard try judged["is_proven"] else { throw Problem.secretWrong }
    guard try judged["has_room"] else { throw Problem.tooManyPairingCodes }
    return Reply(
      201,
      json: [
        "code": .string(code.text), "expiresAt": JSON(expiresAt),
        "redeemable": .string(network == nil ? "anywhere" : "this_network"),
      ], headers: headers)
  }

  /// A device without an account joins; one that has an anonymous account brings it along (docs/pairing.md).
  func redeemPairingCode(_ request: Request, _ context: Context) async throws -> Reply {
    let services = try await endpoint.services()
    let body = try request.object(of: Enrolment.members + ["/code"])
    let device = try Enrolment(body)
    guard let code = PairingCode(try body["code"].string(length: TypedCode.length)) else {
      throw body["code"].mismatch("invalid_code", "must be a code like BM-7F3KQ2-9XW4TD")
    }
    if try request.query.flag("dryRun") { return try await preview(code, for: device, request, services, context) }
    let session = UUID()
    let limit = services.configuration.limits.pairing
    let network = request.networkHash(try await issuer(services).refreshKey)
    let results = try services.database.pipeline(
      [
        limit.admit(request.network), "SELECT breath.require_network_of_code(\(code.hash), \(network))",
        """
        SELECT account, tenant, generation, merge AS merge_id, merged_at, source, devices, NULL::timestamptz AS undone_at
        FROM breath.redeem_pairing(
          \(code.hash), \(device.id.uuid), \(device.secretHash), \(device.name), \(device.timeZone), \(session))
        """, device.question,
      ], context)
    let row = try results[2].only
    guard let _: UUID = try row["account"] else { throw Problem.pairingCodeInvalid }
    var reply = try await grant(row, to: device.id, session, services, context).object ?? JSONObject()
    if let merge = try Merge(row) { reply["merge"] = merge.json(now: context.now) }
    return Reply(
      201, json: JSON.object(reply).noting(try device.notices(results)), headers: try limit.headers(results[0]))
  }

  /// Counts as a guess like the real thing, and uses nothing up.
  private func preview(
    _ code: PairingCode, for device: Enrolment, _ request: Request, _ services: Services, _ context: Context
  ) async throws -> Reply {
    let limit = services.configuration.limits.pairing
    let network = request.networkHash(try await issuer(services).refreshKey)
    let results = try services.database.pipeline(
      [
        limit.admit(request.network), "SELECT breath.require_network_of_code(\(code.hash), \(network))",
        """
        SELECT part, devices, sessions, total_xp, active_ms, longest_streak, today, run_starts, run_ends, plan_dates,
          daily_minutes, weekly_minutes, weekly_days, rest_days, freezes_from
        FROM breath.preview_pairing(\(code.hash), \(device.id.uuid), \(device.secretHash), \(device.timeZone))
        """, device.question,
      ], context)
    var parts: [String: JSON] = [:]
    for row in results[2] { parts[try row["part"]] = try Standing(row).json }
    guard let other = parts["other"], let after = parts["after"] else { throw Problem.pairingCodeInvalid }
    let before: JSON = ["this": parts["this"] ?? Standing.nothing, "other": other]
    let reply: JSON = ["dryRun": true, "merges": .bool(parts["this"] != nil), "before": before, "after": after]
    return Reply(200, json: reply.noting(try device.notices(results)), headers: try limit.headers(results[0]))
  }
}

extension Problem {
  fileprivate static let tooManyPairingCodes = Problem.conflict(
    code: "too_many_codes",
    detail: "Too many codes of this account are open. Use one of them, or wait until they expire after ten minutes.")

  static let pairingCodeInvalid = Problem(
    404, code: "pairing_code_invalid",
    detail: """
      This code is unknown, used, older than ten minutes, or good in the network only in which it was made. Ask for a new \
      one.
      """)
}

extension Request {
  /// With a key that the database does not have: there are few addresses.
  func networkHash(_ key: SymmetricKey) -> [UInt8] {
    Array(HMAC<SHA256>.authenticationCode(for: Array("pairing network \(network)".utf8), using: key))
  }
}

/// `BM-XXXXXX-XXXXXX`: twelve of thirty letters and digits that cannot be taken for one another, 58 bits.
struct PairingCode: Hashable {
  static let lifetimeSeconds = 600.0
  private static let alphabet = Array("23456789ABCDEFGHJKMNPQRSTVWXYZ"), count = 12

  private let symbols: String

  var text: String { "BM-\(symbols.prefix(6))-\(symbols.suffix(6))" }

  /// SHA-256 of the symbols alone, so that it does not matter how the code was typed.
  var hash: [UInt8] { Array(SHA256.hash(data: Array("pairing \(symbols)".utf8))) }

  static func random() -> PairingCode {
    PairingCode(symbols: String((0..<count).map { _ in alphabet[Int.random(in: alphabet.indices)] }))
  }

  private init(symbols: String) { self.symbols = symbols }

  /// However it was typed or pasted. Nil when it cannot be a code.
  init?(_ text: String) {
    let typed = TypedCode.symbols(in: text, of: PairingCode.alphabet)
    guard typed.hasPrefix("BM"), typed.count == PairingCode.count + 2 else { return nil }
    symbols = String(typed.dropFirst(2))
  }
}
