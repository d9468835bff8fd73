import Backend
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
  func makePairingCode(_ signedIn: SignedIn) async throws -> Reply {
    let request = signedIn.request
    var secretHash: [UInt8]?
    if !request.body.isEmpty { secretHash = try request.object(of: ["/secret"])["secret"].optionalSecretHash() }
    let here = try await network(of: signedIn.call)
    let network = secretHash == nil ? here : nil
    let code = PairingCode.random()
    let expiresAt = signedIn.context.now.addingTimeInterval(PairingCode.lifetimeSeconds)
    let (judged, _) = try signedIn.write(
      code.judging(by: signedIn.caller, secretHash),
      code.storing(for: signedIn.caller, secretHash, network: network, expiresAt: expiresAt))
    guard judged.isProven else { throw Problem.secretWrong }
    guard judged.hasRoom else { throw Problem.tooManyPairingCodes }
    return Reply(
      201,
      json: [
        "code": .string(code.text), "expiresAt": JSON(expiresAt),
        "redeemable": .string(network == nil ? "anywhere" : "this_network"),
      ])
  }

  /// A device without an account joins; one that has an anonymous account brings it along (docs/pairing.md).
  func redeemPairingCode(_ call: Call) async throws -> Reply {
    let body = try call.request.object(of: Enrolment.members + ["/code"])
    let device = try Enrolment(body)
    guard let code = PairingCode(try body["code"].string(length: TypedCode.length)) else {
      throw body["code"].mismatch("invalid_code", "must be a code like BM-7F3KQ2-9XW4TD")
    }
    if try call.request.query.flag("dryRun") { return try await preview(code, for: device, call) }
    let session = UUID()
    let (admission, _, joined, notices) = try call.run(
      charging: call.limits.pairing, code.requiring(network: try await network(of: call)),
      code.redeeming(by: device, session), device.question)
    guard let joined else { throw Problem.pairingCodeInvalid }
    var reply = try await grant(joined.admitted, session, call).object ?? JSONObject()
    if let merge = joined.merge { reply["merge"] = merge.json(now: call.context.now) }
    return Reply(201, json: JSON.object(reply).noting(notices), headers: admission.headers)
  }

  /// Counts as a guess like the real thing, and uses nothing up.
  private func preview(_ code: PairingCode, for device: Enrolment, _ call: Call) async throws -> Reply {
    let (admission, _, standings, notices) = try call.run(
      charging: call.limits.pairing, code.requiring(network: try await network(of: call)),
      code.previewing(for: device), device.question)
    guard let other = standings[.other], let after = standings[.after] else { throw Problem.pairingCodeInvalid }
    let this = standings[.this]
    let before: JSON = ["this": this?.json ?? Standing.nothing, "other": other.json]
    let reply: JSON = ["dryRun": true, "merges": .bool(this != nil), "before": before, "after": after.json]
    return Reply(200, json: reply.noting(notices), headers: admission.headers)
  }

  /// With a key that the database does not have: there are few addresses.
  private func network(of call: Call) async throws -> [UInt8] {
    call.request.networkHash(try await issuer(call.services).refreshKey)
  }
}

extension PairingCode {
  /// Whether a code may be made: the secret that was sent is the device's own, and not too many are open.
  fileprivate func judging(
    by caller: Caller, _ secretHash: [UInt8]?
  ) -> Pipeline<(isProven: Bool, hasRoom: Bool)> {
    Pipeline(
      """
      SELECT c.open < b.pairing_codes_max AS has_room, \(caller.isProven(by: secretHash)) AS is_proven
      FROM breath.account_bounds() AS b, (
        SELECT count(*) AS open FROM breath.pairing_codes c
        WHERE c.account_id = \(caller.account.uuid) AND c.redeemed_at IS NULL AND c.expires_at > now()
      ) AS c
      """, row: { row in (try row["is_proven"], try row["has_room"]) })
  }

  /// Nothing where it may not be made.
  fileprivate func storing(
    for caller: Caller, _ secretHash: [UInt8]?, network: [UInt8]?, expiresAt: Date
  ) -> Pipeline<Void> {
    Pipeline(
      """
      INSERT INTO breath.pairing_codes (code_hash, account_id, device_id, expires_at, network)
      SELECT \(hash), \(caller.account.uuid), \(caller.device.uuid), \(expiresAt), \(network)
      FROM breath.account_bounds() AS b
      WHERE \(caller.isProven(by: secretHash)) AND b.pairing_codes_max > (
        SELECT count(*) FROM breath.pairing_codes c
        WHERE c.account_id = \(caller.account.uuid) AND c.redeemed_at IS NULL AND c.expires_at > now())
      """)
  }

  fileprivate func requiring(network: [UInt8]) -> Pipeline<Void> {
    Pipeline("SELECT breath.require_network_of_code(\(hash), \(network))")
  }

  /// Nil for a code that nobody may redeem.
  fileprivate func redeeming(
    by device: Enrolment, _ session: UUID
  ) -> Pipeline<(admitted: Admitted, merge: Merge?)?> {
    Pipeline(
      """
      SELECT account, tenant, generation, merge AS merge_id, merged_at, source, devices, NULL::timestamptz AS undone_at
      FROM breath.redeem_pairing(
        \(hash), \(device.id.uuid), \(device.secretHash), \(device.name), \(device.timeZone), \(session))
      """,
      row: { row in
        guard let account: UUID = try row["account"] else { return nil }
        return (try Admitted(row, account: account, to: device.id), try Merge(row))
      })
  }

  /// Empty for a code that nobody may redeem.
  fileprivate func previewing(for device: Enrolment) -> Pipeline<[StandingPart: Standing]> {
    Pipeline(
      """
      SELECT part, devices, sessions, total_xp, active_ms, longest_streak, today, run_starts, run_ends, plan_dates,
        daily_minutes, weekly_minutes, weekly_days, rest_days, freezes_from
      FROM breath.preview_pairing(\(hash), \(device.id.uuid), \(device.secretHash), \(device.timeZone))
      """,
      rows: { rows in
        try rows.reduce(into: [:]) { standings, row in standings[try row["part"]] = try Standing(row) }
      })
  }
}

extension Problem {
  fileprivate static let tooManyPairingCodes = Problem.conflict(
    code: "too_many_codes",
    detail: "Too many codes of this account are open. Use one of them, or wait until they expire after ten minutes.")
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
