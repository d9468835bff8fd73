import FunctionRuntime
import Postgres
import StrictJSON

/// `POST /v1/auth/recovery-codes` `{"password"}`, with `totp` where that is on: ten new ones in place of all there were,
/// shown this once.
extension AuthEndpoint {
  /// Two flights: the password is compared before anything is written.
  func makeRecoveryCodes(_ request: Request, _ context: Context) async throws -> Reply {
    let services = try await endpoint.services()
    let caller = try await services.authenticator.caller(of: request)
    let vault = try vault(services)
    let body = try request.object(of: ["/password", "/totp"])
    let password = try body["password"].password()
    let code = try body["totp"].ifPresent { node throws(JSONMismatch) in try node.totpCode() }
    let (found, headers) = try services.flight(
      for: caller, locking: true,
      [
        services.configuration.limits.hashing.admit("all"), Proof.begin(caller, vault), SecondFactor.find(caller),
      ], context)
    _ = try Proof.password(password).check(found[1].only, vault, context)
    let use = try SecondFactor.check(
      SecondFactor(found[2], vault), code.map { .totp($0) }, by: caller.device.uuid, at: context.now,
      missing: .secondFactorMissing, wrong: .proofFailed)

    let codes = (0..<RecoveryCode.perAccount).map { _ in RecoveryCode.random() }
    let (made, _) = try services.flight(
      for: caller, locking: true,
      [
        """
        SELECT is_done FROM breath.renew_recovery_codes(
          \(caller.account.uuid), \(caller.device.uuid), \(vault.subject(provingFor: caller.account)),
          \(codes.map(\.hash)), \(use.sealed), \(use.step))
        """
      ], context)
    guard try made[0].only["is_done"] else { throw Problem.proofFailed }
    return Reply(201, json: ["codes": .array(codes.map { .string($0.text) })], headers: headers)
  }
}
