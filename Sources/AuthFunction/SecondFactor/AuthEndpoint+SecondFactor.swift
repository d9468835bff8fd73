import Backend
import FunctionRuntime
import Outbox
import Postgres
import StrictJSON

/// A code from a phone besides the password (docs/identity.md): made, confirmed, and turned off again.
extension AuthEndpoint {
  /// `POST /v1/auth/totp` `{"password"}`: a new secret, until one is confirmed.
  ///
  /// Two pipelines: the password is compared before anything is written.
  func offerSecondFactor(_ signedIn: SignedIn) async throws -> Reply {
    let (call, caller) = (signedIn.call, signedIn.caller)
    let vault = try vault(call.services)
    let password = try call.request.object(of: ["/password"])["password"].password()
    let hashing = HashingLimits(call.limits, call.request, caller)
    let newKey = try vault.newDataKey(of: caller.account.uuid).wrapped
    let (_, comparison, wrappedKey) = try signedIn.write(
      call.limits.admitProof(call.request, caller), Proof.begin(caller, vault, hashing),
      Pipeline(
        "SELECT wrapped FROM breath.account_key(\(caller.account.uuid), \(newKey))",
        row: { row in try row["wrapped"] as [UInt8] }))
    _ = try Proof.password(password).check(comparison, vault, hashing, call)

    let totp = TOTP.random()
    let key = try vault.dataKey(wrappedKey, of: caller.account)
    let (_, isStored) = try signedIn.write(
      Pipeline("DELETE FROM breath.login_attempts WHERE subject = \(vault.subject(provingFor: caller.account))"),
      Pipeline(
        """
        INSERT INTO breath.second_factors AS f (account_id, secret)
        VALUES (\(caller.account.uuid), \(try key.seal(Base64URL.encode(totp.secret), in: .secondFactor)))
        ON CONFLICT (account_id) DO UPDATE SET secret = excluded.secret WHERE f.confirmed_at IS NULL
        """, rows: { rows in rows.affected == 1 }))
    guard isStored else { throw Problem.secondFactorExists }
    return Reply(201, json: ["secret": .string(totp.base32), "uri": .string(totp.uri)])
  }

  /// `POST /v1/auth/totp/confirm` `{"code"}`: the app shows the right codes, and from now on they are asked for. The code is
  /// used up, and may be repeated for a lost reply.
  ///
  /// Two pipelines: only auth can open the secret that the code is compared with.
  func confirmSecondFactor(_ signedIn: SignedIn) async throws -> Reply {
    let (call, caller) = (signedIn.call, signedIn.caller)
    let code = try call.request.object(of: ["/code"])["code"].totpCode()
    let vault = try vault(call.services)
    let (_, stored) = try signedIn.write(
      call.limits.confirmation.admit(call.request.network), SecondFactor.find(caller))
    let factor = try stored.map { try SecondFactor($0, vault) }
    // Of one that is on, whether a code is right is worth knowing, so it counts like any other.
    var attempt: CodeAttempt?
    if factor?.isOn == true { attempt = try call.run(CodeAttempt.begin(.totp, of: caller.account.uuid)) }
    guard attempt?.isLocked != true, let use = factor?.confirmation(code, at: call.context.now) else {
      try tellOfWrongCodes(attempt, call)
      throw Problem.secondFactorCodeWrong
    }
    let mail = try SealedMail(vault)
    let isDone = try signedIn.write(
      Pipeline<Bool>(
        """
        SELECT is_done FROM breath.confirm_second_factor(
          \(caller.account.uuid), \(caller.device.uuid), \(use.sealed), \(use.step), \(try mail.arguments()))
        """, value: "is_done"))
    guard isDone else { throw Problem.secondFactorCodeWrong }
    return Reply(200, json: ["hasSecondFactor": true])
  }

  /// `DELETE /v1/auth/totp` `{"password", "totp" or "recoveryCode"}`. Where none is on, any code does: the reply may have
  /// been lost.
  ///
  /// Three pipelines: the password is compared and the code counted before anything is written.
  func removeSecondFactor(_ signedIn: SignedIn) async throws -> Reply {
    let caller = signedIn.caller
    let vault = try vault(signedIn.services)
    let body = try signedIn.request.object(of: ["/password", "/totp", "/recoveryCode"])
    let password = try body["password"].password()
    let code = try SecondFactor.Code(body) ?? .totp(try body["totp"].totpCode())
    let use = try prove(password, code, by: nil, signedIn)

    let mail = try SealedMail(vault)
    let isDone = try signedIn.write(
      Pipeline<Bool>(
        """
        SELECT is_done FROM breath.turn_off_second_factor(
          \(caller.account.uuid), \(vault.subject(provingFor: caller.account)), \(use.sealed), \(use.step),
          \(use.codeHash), \(try mail.arguments()))
        """, value: "is_done"))
    guard isDone else {
      try tellOfWrongCodes(use.attempt, signedIn.call)
      throw Problem.proofFailed
    }
    return Reply(204)
  }
}

extension Problem {
  private static let secondFactorDetail = """
    This account has a second factor on. Send the six digits that the app shows as `totp`
    """
  static let secondFactorRequired = Problem(
    401, code: "second_factor_required",
    detail: "\(secondFactorDetail), or a recovery code as `recoveryCode`, together with the password.",
    headers: [("WWW-Authenticate", "Bearer")])
  /// The answer to somebody who is signed in and showed no code.
  static let secondFactorMissing = Problem.forbidden(
    code: "second_factor_required",
    detail: "\(secondFactorDetail); when the phone is lost, turn it off with a recovery code (DELETE /v1/auth/totp).")
  static let secondFactorExists = Problem.conflict(
    code: "second_factor_exists",
    detail: "This account has a second factor on. To use another phone, turn it off first (DELETE /v1/auth/totp).")
  static let secondFactorCodeWrong = Problem.forbidden(
    code: "code_wrong",
    detail: """
      This is not the code of this moment, or there is none to confirm. Look at the phone's clock and try the next code, or \
      begin anew (POST /v1/auth/totp).
      """)
}
