import FunctionRuntime
import Postgres
import StrictJSON

/// `POST /v1/auth/recovery-codes` `{"password"}`, with `totp` where that is on: ten new ones in place of all there were,
/// shown this once.
extension AuthEndpoint {
  /// Three pipelines: the password is compared and the code counted before anything is written.
  func makeRecoveryCodes(_ request: Request, _ context: Context) async throws -> Reply {
    let services = try await endpoint.services()
    let caller = try await services.authenticator.caller(of: request)
    let vault = try vault(services)
    let body = try request.object(of: ["/password", "/totp"])
    let password = try body["password"].password()
    let code = try body["totp"].ifPresent { node throws(JSONMismatch) in try node.totpCode() }
    let limits = services.configuration.limits
    let hashing = HashingLimits(limits, request, caller)
    let (found, headers) = try services.pipeline(
      for: caller, locking: true,
      limits.admitProof(request, caller) + [Proof.begin(caller, vault, hashing), SecondFactor.find(caller)], context)
    _ = try Proof.password(password).check(found[2].only, vault, hashing, services, context)
    let use = try use(
      code.map { .totp($0) }, SecondFactor(found[3], vault), of: caller.account.uuid,
      passwordSubject: vault.subject(provingFor: caller.account), by: caller.device.uuid, missing: .secondFactorMissing,
      wrong: .proofFailed, services, context)

    let codes = (0..<RecoveryCode.perAccount).map { _ in RecoveryCode.random() }
    let mail = try SealedMail(vault)
    let (made, _) = try services.pipeline(
      for: caller, locking: true,
      [
        """
        SELECT is_done FROM breath.renew_recovery_codes(
          \(caller.account.uuid), \(caller.device.uuid), \(vault.subject(provingFor: caller.account)),
          \(codes.map(\.hash)), \(use.sealed), \(use.step), \(mail.id), \(mail.wrappedKey), \(try mail.seal()))
        """
      ], context)
    guard try made[0].only["is_done"] else { throw Problem.proofFailed }
    return Reply(201, json: ["codes": .array(codes.map { .string($0.text) })], headers: headers)
  }
}
