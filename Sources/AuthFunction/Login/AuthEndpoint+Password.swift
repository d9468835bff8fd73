import Backend
import FoundationEssentials
import FunctionRuntime
import Outbox
import Postgres
import StrictJSON

/// A new password, for who knows the old one, for who has a recovery code, and for who reads the account's mailbox.
extension AuthEndpoint {
  /// `PUT /v1/auth/password` `{"current" | "recoveryCode", "password"}`: ends the sessions of all other devices, all keys, and
  /// whatever else a session left behind.
  ///
  /// Two pipelines: the limits and what the current password is compared with come before anything is hashed.
  func changePassword(_ signedIn: SignedIn) async throws -> Reply {
    let (call, caller) = (signedIn.call, signedIn.caller)
    let vault = try vault(call.services)
    let body = try call.request.object(of: ["/current", "/recoveryCode", "/password"])
    let code = try body["recoveryCode"].ifPresent { node throws(JSONMismatch) in try RecoveryCode(node) }
    let current = code == nil ? try body["current"].password() : nil
    let password = try NewPassword(body["password"])
    let hashing = HashingLimits(call.limits, call.request, caller)
    let (_, comparison) = try signedIn.write(
      call.limits.admitProof(call.request, caller), Proof.begin(caller, vault, code: code, hashing))
    let proven = try current.map { try Proof.password($0).check(comparison, vault, hashing, call) } ?? nil
    guard code == nil || comparison.hasCode else { throw Problem.proofFailed }

    let mail = try SealedMail(vault)
    let isDone = try signedIn.write(
      Pipeline<Bool>(
        """
        SELECT is_done FROM breath.change_password(
          \(caller.account.uuid), \(caller.device.uuid), \(vault.subject(provingFor: caller.account)), \(proven?.text),
          \(code?.hash), \(try PasswordHash(of: password.text, vault).text), \(try mail.arguments()))
        """, value: "is_done"))
    guard isDone else { throw Problem.proofFailed }
    return Reply(204)
  }

  /// `POST /v1/auth/password/reset` `{"email"}`: always the same 202.
  func requestReset(_ call: Call) async throws -> Reply {
    let vault = try vault(call.services)
    let address = try EmailAddress(try call.request.object(of: ["/email"])["email"])
    let index = vault.index(of: address)
    let token = OneTimeToken(for: index)
    let mail = try SealedMail(vault)
    let (admission, _, _) = try call.run(
      call.limits.mail.admit(call.request.network),
      call.limits.mailToMailbox.admit(vault.subject(mailing: Mailbox(of: address))),
      Pipeline(
        """
        SELECT breath.request_reset(
          \(vault.subject(resetting: index)), \(index), \(token.hash),
          \(call.context.now.addingTimeInterval(OneTimeToken.lifetimeSeconds)), \(try mail.arguments(token: token)))
        """))
    return .mailMayFollow(admission.headers)
  }

  /// `POST /v1/auth/password/reset/confirm` `{"token", "password"}`: ends every session, the caller's too, and every key.
  ///
  /// Two pipelines: a token that is not open costs no hash.
  func confirmReset(_ call: Call) async throws -> Reply {
    let vault = try vault(call.services)
    let body = try call.request.object(of: ["/token", "/password"])
    let password = try NewPassword(body["password"])
    guard let token = OneTimeToken(try body["token"].string(length: 1...256)) else { throw Problem.tokenInvalid }
    let (admission, isOpen) = try call.run(
      call.limits.confirmation.admit(call.request.network),
      AuthEndpoint.beginReset(token, HashingLimits(call.limits, call.request)))
    guard isOpen else { throw Problem.tokenInvalid }

    let mail = try SealedMail(vault)
    let isDone = try call.run(
      Pipeline<Bool>(
        """
        SELECT is_done FROM breath.reset_password(
          \(vault.subject(resetting: token.addressIndex)), \(token.addressIndex), \(token.hash),
          \(try PasswordHash(of: password.text, vault).text), \(try mail.arguments()))
        """, value: "is_done"))
    guard isDone else { throw Problem.tokenInvalid }
    return Reply(204, headers: admission.headers)
  }

  /// Answers whether the token is open. The reader throws 429 when too many passwords are hashed at the moment.
  private static func beginReset(_ token: OneTimeToken, _ hashing: HashingLimits) -> Pipeline<Bool> {
    Pipeline(
      """
      SELECT is_open, wait_ms, refusal
      FROM breath.begin_reset(\(token.addressIndex), \(token.hash), \(hashing.arguments))
      """,
      row: { row in
        try HashingLimits.requireAdmitted(row)
        return try row["is_open"]
      })
  }
}
