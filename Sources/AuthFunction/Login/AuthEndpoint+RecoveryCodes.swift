import Backend
import FunctionRuntime
import Outbox
import Postgres
import StrictJSON

/// `POST /v1/auth/recovery-codes` `{"password"}`, with `totp` where that is on: ten new ones in place of all there were,
/// shown this once.
extension AuthEndpoint {
  /// Three pipelines: the password is compared and the code counted before anything is written.
  func makeRecoveryCodes(_ signedIn: SignedIn) async throws -> Reply {
    let caller = signedIn.caller
    let vault = try vault(signedIn.services)
    let body = try signedIn.request.object(of: ["/password", "/totp"])
    let password = try body["password"].password()
    let code = try body["totp"].ifPresent { node throws(JSONMismatch) in try node.totpCode() }
    let use = try prove(password, code.map { .totp($0) }, by: caller.device, signedIn)

    let codes = (0..<RecoveryCode.perAccount).map { _ in RecoveryCode.random() }
    let mail = try SealedMail(vault)
    let isDone = try signedIn.write(
      Pipeline<Bool>(
        """
        SELECT is_done FROM breath.renew_recovery_codes(
          \(caller.account.uuid), \(caller.device.uuid), \(vault.subject(provingFor: caller.account)),
          \(codes.map(\.hash)), \(use.sealed), \(use.step), \(try mail.arguments()))
        """, value: "is_done"))
    guard isDone else { throw Problem.proofFailed }
    return Reply(201, json: ["codes": .array(codes.map { .string($0.text) })])
  }
}
