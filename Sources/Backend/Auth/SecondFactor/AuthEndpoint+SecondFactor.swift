import FunctionRuntime
import Postgres
import StrictJSON

/// A code from a phone besides the password (docs/identity.md): made, confirmed, and turned off again.
extension AuthEndpoint {
  /// `POST /v1/auth/totp` `{"password"}`: a new secret, until one is confirmed.
  ///
  /// Two pipelines: the password is compared before anything is written.
  func offerSecondFactor(_ request: Request, _ context: Context) async throws -> Reply {
    let services = try await endpoint.services()
    let caller = try await services.authenticator.caller(of: request)
    let vault = try vault(services)
    let account = caller.account.uuid
    let password = try request.object(of: ["/password"])["password"].password()
    let limits = services.configuration.limits
    let hashing = HashingLimits(limits, request, caller)
    let (found, headers) = try services.pipeline(
      for: caller, locking: true,
      limits.admitProof(request, caller) + [
        Proof.begin(caller, vault, hashing),
        "SELECT wrapped FROM breath.account_key(\(account), \(try vault.newDataKey(of: account).wrapped))",
      ], context)
    _ = try Proof.password(password).check(found[2].only, vault, hashing, services, context)

    let totp = TOTP.random()
    let key = try vault.dataKey(of: caller.account, found[3].only["wrapped"])
    let (stored, _) = try services.pipeline(
      for: caller, locking: true,
      [
        "DELETE FROM breath.login_attempts WHERE subject = \(vault.subject(provingFor: caller.account))",
        """
        INSERT INTO breath.second_factors AS f (account_id, secret)
        VALUES (\(account), \(try key.seal(Base64URL.encode(totp.secret), in: .secondFactor)))
        ON CONFLICT (account_id) DO UPDATE SET secret = excluded.secret WHERE f.confirmed_at IS NULL
        """,
      ], context)
    guard stored[1].affected == 1 else { throw Problem.secondFactorExists }
    return Reply(201, json: ["secret": .string(totp.base32), "uri": .string(totp.uri)], headers: headers)
  }

  /// `POST /v1/auth/totp/confirm` `{"code"}`: the app shows the right codes, and from now on they are asked for. The code is
  /// used up, and may be repeated for a lost reply.
  ///
  /// Two pipelines: only auth can open the secret that the code is compared with.
  func confirmSecondFactor(_ request: Request, _ context: Context) async throws -> Reply {
    let services = try await endpoint.services()
    let caller = try await services.authenticator.caller(of: request)
    let code = try request.object(of: ["/code"])["code"].totpCode()
    let vault = try vault(services)
    let (found, headers) = try services.pipeline(
      for: caller, locking: true,
      [services.configuration.limits.confirmation.admit(request.network), SecondFactor.find(caller)], context)
    let factor = try SecondFactor(found[1], vault)
    // Of one that is on, whether a code is right is worth knowing, so it counts like any other.
    var attempt: CodeAttempt?
    if factor?.isOn == true {
      attempt = try count(.totp(code), of: caller.account.uuid, passwordSubject: nil, services, context)
    }
    guard attempt?.isLocked != true, let use = factor?.confirmation(code, at: context.now) else {
      if let attempt { try tellOfWrongCodes(attempt, services, context) }
      throw Problem.secondFactorCodeWrong
    }
    let mail = try SealedMail(vault)
    let (stored, _) = try services.pipeline(
      for: caller, locking: true,
      [
        """
        SELECT is_done FROM breath.confirm_second_factor(
          \(caller.account.uuid), \(caller.device.uuid), \(use.sealed), \(use.step), \(mail.id), \(mail.wrappedKey),
          \(try mail.seal()))
        """
      ], context)
    guard try stored[0].only["is_done"] else { throw Problem.secondFactorCodeWrong }
    return Reply(200, json: ["hasSecondFactor": true], headers: headers)
  }

  /// `DELETE /v1/auth/totp` `{"password", "totp" or "recoveryCode"}`. Where none is on, any code does: the reply may have been lost.
  ///
  /// Three pipelines: the password is compared and the code counted before anything is written.
  func removeSecondFactor(_ request: Request, _ context: Context) async throws -> Reply {
    let services = try await endpoint.services()
    let caller = try await services.authenticator.caller(of: request)
    let vault = try vault(services)
    let body = try request.object(of: ["/password", "/totp", "/recoveryCode"])
    let password = try body["password"].password()
    let code = try SecondFactor.Code(body) ?? .totp(try body["totp"].totpCode())
    let limits = services.configuration.limits
    let hashing = HashingLimits(limits, request, caller)
    let (found, headers) = try services.pipeline(
      for: caller, locking: true,
      limits.admitProof(request, caller) + [Proof.begin(caller, vault, hashing), SecondFactor.find(caller)], context)
    _ = try Proof.password(password).check(found[2].only, vault, hashing, services, context)
    let use = try use(
      code, SecondFactor(found[3], vault), of: caller.account.uuid,
      passwordSubject: vault.subject(provingFor: caller.account), by: nil, missing: .secondFactorMissing,
      wrong: .proofFailed, services, context)

    let mail = try SealedMail(vault)
    let (removed, _) = try services.pipeline(
      for: caller, locking: true,
      [
        """
        SELECT is_done FROM breath.turn_off_second_factor(
          \(caller.account.uuid), \(vault.subject(provingFor: caller.account)), \(use.sealed), \(use.step), \(use.codeHash),
          \(mail.id), \(mail.wrappedKey), \(try mail.seal()))
        """
      ], context)
    guard try removed[0].only["is_done"] else {
      try tellOfWrongCodes(use, services, context)
      throw Problem.proofFailed
    }
    return Reply(204, headers: headers)
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
