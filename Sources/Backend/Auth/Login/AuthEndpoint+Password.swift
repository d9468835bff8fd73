import FoundationEssentials
import FunctionRuntime
import Postgres
import StrictJSON

/// A new password, for who knows the old one, for who has a recovery code, and for who reads the account's mailbox.
extension AuthEndpoint {
  /// `PUT /v1/auth/password` `{"current" | "recoveryCode", "password"}`: ends the sessions of all other devices, all keys, and
  /// whatever else a session left behind.
  ///
  /// Two pipelines: the limits and what the current password is compared with come before anything is hashed.
  func changePassword(_ request: Request, _ context: Context) async throws -> Reply {
    let services = try await endpoint.services()
    let caller = try await services.authenticator.caller(of: request)
    let vault = try vault(services)
    let body = try request.object(of: ["/current", "/recoveryCode", "/password"])
    let code = try body["recoveryCode"].ifPresent { node throws(JSONMismatch) in try RecoveryCode(node) }
    let current = code == nil ? try body["current"].password() : nil
    let password = try NewPassword(body["password"])
    let limits = services.configuration.limits
    let hashing = HashingLimits(limits, request, caller)
    let (found, headers) = try services.pipeline(
      for: caller, locking: true,
      limits.admitProof(request, caller) + [Proof.begin(caller, vault, code: code, hashing)], context)
    let row = try found[2].only
    let proven = try current.map { try Proof.password($0).check(row, vault, hashing, services, context) } ?? nil
    try HashingLimits.requireAdmitted(row)
    guard try code == nil || row["has_code"] else { throw Problem.proofFailed }

    let mail = try SealedMail(vault)
    let (results, _) = try services.pipeline(
      for: caller, locking: true,
      [
        """
        SELECT is_done FROM breath.change_password(
          \(caller.account.uuid), \(caller.device.uuid), \(vault.subject(provingFor: caller.account)), \(proven?.text),
          \(code?.hash), \(try PasswordHash(of: password.text, vault).text), \(mail.id), \(mail.wrappedKey),
          \(try mail.seal()))
        """
      ], context)
    guard try results[0].only["is_done"] else { throw Problem.proofFailed }
    return Reply(204, headers: headers)
  }

  /// `POST /v1/auth/password/reset` `{"email"}`: always the same 202.
  func requestReset(_ request: Request, _ context: Context) async throws -> Reply {
    let services = try await endpoint.services()
    let vault = try vault(services)
    let address = try EmailAddress(try request.object(of: ["/email"])["email"])
    let index = vault.index(of: address)
    let limits = services.configuration.limits
    let token = OneTimeToken(for: index)
    let mail = try SealedMail(vault)
    let results = try services.database.pipeline(
      [
        limits.mail.admit(request.network), limits.mailToMailbox.admit(vault.subject(mailing: Mailbox(of: address))),
        """
        SELECT breath.request_reset(
          \(vault.subject(resetting: index)), \(index), \(token.hash),
          \(context.now.addingTimeInterval(OneTimeToken.lifetimeSeconds)), \(mail.id), \(mail.wrappedKey),
          \(try mail.seal(token: token)))
        """,
      ], context)
    return .mailMayFollow(try limits.mail.headers(results[0]))
  }

  /// `POST /v1/auth/password/reset/confirm` `{"token", "password"}`: ends every session, the caller's too, and every key.
  ///
  /// Two pipelines: a token that is not open costs no hash.
  func confirmReset(_ request: Request, _ context: Context) async throws -> Reply {
    let services = try await endpoint.services()
    let vault = try vault(services)
    let body = try request.object(of: ["/token", "/password"])
    let password = try NewPassword(body["password"])
    guard let token = OneTimeToken(try body["token"].string(length: 1...256)) else { throw Problem.tokenInvalid }
    let limits = services.configuration.limits
    let hashing = HashingLimits(limits, callers: ["network \(request.network)"])
    let found = try services.database.pipeline(
      [
        limits.confirmation.admit(request.network),
        """
        SELECT is_open, wait_ms, refusal
        FROM breath.begin_reset(\(token.addressIndex), \(token.hash), \(hashing.arguments))
        """,
      ], context)
    try HashingLimits.requireAdmitted(found[1].only)
    guard try found[1].only["is_open"] else { throw Problem.tokenInvalid }

    let mail = try SealedMail(vault)
    let results = try services.database.pipeline(
      [
        """
        SELECT is_done FROM breath.reset_password(
          \(vault.subject(resetting: token.addressIndex)), \(token.addressIndex), \(token.hash),
          \(try PasswordHash(of: password.text, vault).text), \(mail.id), \(mail.wrappedKey), \(try mail.seal()))
        """
      ], context)
    guard try results[0].only["is_done"] else { throw Problem.tokenInvalid }
    return Reply(204, headers: try limits.confirmation.headers(found[0]))
  }
}
