import FoundationEssentials
import FunctionRuntime
import Postgres
import StrictJSON

/// An account that a machine made gains an address and a password; its practice stays as it is.
extension AuthEndpoint {
  /// `POST /v1/auth/register` `{"email", "password", "secret"}`: always the same 202. Only a mail says more, to whoever reads
  /// that mailbox: a token, or that the address is taken. The machine's own secret, because whoever has the access token
  /// alone would get a way in that outlives it.
  ///
  /// Two pipelines: the limits and the proof come before the password is hashed, and what is stored comes after.
  func register(_ request: Request, _ context: Context) async throws -> Reply {
    let services = try await endpoint.services()
    let caller = try await services.authenticator.caller(of: request)
    let vault = try vault(services)
    let body = try request.object(of: ["/email", "/password", "/secret"])
    let address = try EmailAddress(body["email"])
    let password = try NewPassword(body["password"], of: address)
    let secretHash = try body["secret"].deviceSecretHash()
    let index = vault.index(of: address)
    let limits = services.configuration.limits

    let hashing = HashingLimits(limits, request, caller)
    let admission = limits.mailing(to: address, for: caller, request, vault)
    let (found, headers) = try services.pipeline(
      for: caller, locking: true,
      admission + [
        """
        SELECT is_proven, has_login, wrapped, wait_ms, refusal FROM breath.begin_registration(
          \(caller.account.uuid), \(caller.device.uuid), \(secretHash),
          \(try vault.newDataKey(of: caller.account.uuid).wrapped), \(hashing.arguments))
        """
      ], context)
    let row = try found[admission.count].only
    guard try row["is_proven"] else { throw Problem.secretWrong }
    guard try !row["has_login"] else { throw Problem.loginExists }
    try HashingLimits.requireAdmitted(row)
    let key = try vault.dataKey(of: caller.account, row["wrapped"])

    let token = OneTimeToken(for: index)
    let expiresAt = context.now.addingTimeInterval(OneTimeToken.lifetimeSeconds)
    let mail = try SealedMail(vault)
    _ = try services.pipeline(
      for: caller, locking: true,
      [
        """
        SELECT breath.claim_address(
          \(caller.account.uuid), \(caller.device.uuid), \(token.hash), \(index),
          \(try key.seal(address.text, in: .email)), \(try PasswordHash(of: password.text, vault).text), \(expiresAt),
          \(mail.id), \(mail.wrappedKey), \(try mail.seal(to: address, token: token)), \(try mail.seal(to: address)))
        """
      ], context)
    return .mailMayFollow(headers)
  }

  /// `POST /v1/auth/register/confirm` `{"token"}`, by the account that asked for it: both proofs in one request, so that
  /// nobody's address ends at somebody else's account by a careless click.
  func confirmRegistration(_ request: Request, _ context: Context) async throws -> Reply {
    let services = try await endpoint.services()
    let caller = try await services.authenticator.caller(of: request)
    guard let token = OneTimeToken(try request.object(of: ["/token"])["token"].string(length: 1...256)) else {
      throw Problem.tokenInvalid
    }
    let (results, headers) = try services.pipeline(
      for: caller, locking: true,
      [
        services.configuration.limits.confirmation.admit(request.network),
        "SELECT outcome FROM breath.confirm_address(\(caller.account.uuid), \(token.hash))",
      ], context)
    let outcome: String = try results[1].only["outcome"]
    switch outcome {
    case "confirmed": return Reply(200, json: ["hasEmail": true], headers: headers)
    case "taken": throw Problem.addressTaken
    default: throw Problem.tokenInvalid
    }
  }
}

extension RateLimits {
  /// The limits of a mail to an address that nobody has proved to be theirs, the caller's own before those of others.
  fileprivate func mailing(
    to address: EmailAddress, for caller: Caller, _ request: Request, _ vault: Vault
  ) -> [SQL] {
    let mailbox = Mailbox(of: address)
    let domain = mailbox.isAtPublicProvider ? unprovenMailToProvider : unprovenMailToDomain
    return [
      unprovenMail.admit(caller.account.uuid.lowercased), mail.admit(request.network),
      mailToMailbox.admit(vault.subject(mailing: mailbox)),
      domain.admit(vault.subject(mailingDomainOf: mailbox)),
    ]
  }
}

extension Vault {
  /// - Throws: `VaultMismatch` when the environment's key is another than the one that wrapped it.
  func dataKey(of account: AccountID, _ wrapped: [UInt8]) throws -> DataKey {
    guard let key = dataKey(wrapped, of: account.uuid) else { throw VaultMismatch() }
    return key
  }
}

/// What is stored was sealed with another `BREATH_DATA_KEY`.
struct VaultMismatch: Error, CustomStringConvertible {
  var description: String { "BREATH_DATA_KEY is not the one that sealed what is stored; put the old one back" }
}

extension Reply {
  /// The one answer to whoever may get a mail, whether one goes out or not.
  static func mailMayFollow(_ headers: [(String, String)]) -> Reply {
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
