import FunctionRuntime
import Postgres
import StrictJSON

/// `POST /v1/auth/recovery-codes` `{"password"}`: ten new ones in place of all there were, shown this once.
extension AuthEndpoint {
  /// Two flights: the password is compared before anything is written.
  func makeRecoveryCodes(_ request: Request, _ context: Context) async throws -> Reply {
    let services = try await endpoint.services()
    let caller = try await services.authenticator.caller(of: request)
    let vault = try vault(services)
    let password = try request.json().object()["password"].password()
    let (found, headers) = try services.flight(
      for: caller, locking: true,
      [services.configuration.limits.hashing.admit("all"), Proof.begin(caller, vault)], context)
    _ = try Proof.password(password).check(found[1].only, vault, context)

    let codes = (0..<RecoveryCode.perAccount).map { _ in RecoveryCode.random() }
    _ = try services.flight(
      for: caller, locking: true,
      [
        """
        SELECT breath.replace_recovery_codes(
          \(caller.account.uuid), \(vault.subject(provingFor: caller.account)), \(codes.map(\.hash)))
        """
      ], context)
    return Reply(201, json: ["codes": .array(codes.map { .string($0.text) })], headers: headers)
  }
}
