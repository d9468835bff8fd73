import Backend
import FoundationEssentials
import FunctionRuntime
import Outbox
import Postgres
import StrictJSON

/// An account that a machine made gains an address and a password; its practice stays as it is.
extension AuthEndpoint {
  /// `POST /v1/auth/register` `{"email", "password", "secret"}`: always the same 202. Only a mail says more, to whoever reads
  /// that mailbox: a token, or that the address is taken. The machine's own secret, because whoever has the access token
  /// alone would get a way in that outlives it.
  ///
  /// Two pipelines: the limits and the proof come before the password is hashed, and what is stored comes after.
  func register(_ signedIn: SignedIn) async throws -> Reply {
    let (call, caller) = (signedIn.call, signedIn.caller)
    let vault = try vault(call.services)
    let body = try call.request.object(of: ["/email", "/password", "/secret"])
    let address = try EmailAddress(body["email"])
    let password = try NewPassword(body["password"], of: address)
    let secretHash = try body["secret"].deviceSecretHash()
    let index = vault.index(of: address)

    let offered = try vault.newDataKey(of: caller.account.uuid).wrapped
    let (_, wrappedKey) = try signedIn.write(
      call.limits.admitMail(to: Mailbox(of: address), for: caller, call.request, vault),
      Pipeline(
        """
        SELECT is_proven, has_login, wrapped, wait_ms, refusal FROM breath.begin_registration(
          \(caller.account.uuid), \(caller.device.uuid), \(secretHash), \(offered),
          \(HashingLimits(call.limits, call.request, caller).arguments))
        """, row: AuthEndpoint.keyForRegistration))
    let key = try vault.dataKey(wrappedKey, of: caller.account)

    let token = OneTimeToken(for: index)
    let expiresAt = call.context.now.addingTimeInterval(OneTimeToken.lifetimeSeconds)
    let mail = try SealedMail(vault)
    try signedIn.write(
      Pipeline(
        """
        SELECT breath.claim_address(
          \(caller.account.uuid), \(caller.device.uuid), \(token.hash), \(index),
          \(try key.seal(address.text, in: .email)), \(try PasswordHash(of: password.text, vault).text), \(expiresAt),
          \(mail.id), \(mail.wrappedKey), \(try mail.seal(to: address, token: token)), \(try mail.seal(to: address)))
        """))
    return .mailMayFollow()
  }

  /// The account's data key as it is stored.
  /// - Parameter row: what `begin_registration` answered.
  /// - Throws: a `Problem` when nothing may be registered, or too many passwords are hashed at the moment.
  private static func keyForRegistration(_ row: Row) throws -> [UInt8] {
    guard try row["is_proven"] else { throw Problem.secretWrong }
    guard try !row["has_login"] else { throw Problem.loginExists }
    try HashingLimits.requireAdmitted(row)
    return try row["wrapped"]
  }

  /// `POST /v1/auth/register/confirm` `{"token"}`, by the account that asked for it: both proofs in one request, so that
  /// nobody's address ends at somebody else's account by a careless click.
  func confirmRegistration(_ signedIn: SignedIn) async throws -> Reply {
    guard let token = OneTimeToken(try signedIn.request.object(of: ["/token"])["token"].string(length: 1...256)) else {
      throw Problem.tokenInvalid
    }
    let (_, outcome) = try signedIn.write(
      signedIn.limits.confirmation.admit(signedIn.request.network),
      Pipeline<ConfirmAddressOutcome>(
        "SELECT outcome FROM breath.confirm_address(\(signedIn.caller.account.uuid), \(token.hash))",
        value: "outcome"))
    switch outcome {
    case .confirmed: return Reply(200, json: ["hasEmail": true])
    case .taken: throw Problem.addressTaken
    case .invalid: throw Problem.tokenInvalid
    }
  }
}

/// What became of a mailed token, in the words of `breath.confirm_address`.
package enum ConfirmAddressOutcome: String, CaseIterable, PostgresDecodable { case confirmed, taken, invalid }

extension RateLimits {
  /// The limits of a mail to an address that nobody has proved to be theirs, the caller's own before those of others.
  fileprivate func admitMail(
    to mailbox: Mailbox, for caller: Caller, _ request: Request, _ vault: Vault
  ) -> Pipeline<Void> {
    let domain = mailbox.isAtPublicProvider ? unprovenMailToProvider : unprovenMailToDomain
    return Pipeline(
      joining: unprovenMail.admit(caller.account.uuid.lowercased), mail.admit(request.network),
      mailToMailbox.admit(vault.subject(mailing: mailbox)), domain.admit(vault.subject(mailingDomainOf: mailbox))
    ).map { _ in }
  }
}

extension Reply {
  /// The one answer to whoever may get a mail, whether one goes out or not.
  static func mailMayFollow(_ headers: [(String, String)] = []) -> Reply {
    Reply(
      202,
      json: [
        "status": "accepted",
        "detail":
          "If this can be done, a mail is on its way. It is good for 20 minutes; look into the spam folder too.",
      ], headers: headers)
  }
}

extension Problem {
  static let secretWrong = Problem.forbidden(
    code: "proof_failed",
    detail: """
      This needs the machine's own secret, the one that it signs in with (POST /v1/auth/anonymous), besides its access \
      token. A machine that has none may have this done on another machine of the account.
      """)
  static let loginExists = Problem.conflict(
    code: "login_exists", detail: "This account has an e-mail address and a password already.")
  static let addressTaken = Problem.conflict(
    code: "address_taken",
    detail: "This address belongs to another account by now. Sign in to that one, or use another address.")
  static let tokenInvalid = Problem(
    404, code: "token_invalid", detail: "This token is unknown, used, or older than 20 minutes. Ask for a new one.")
}
