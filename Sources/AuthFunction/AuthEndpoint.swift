package import Backend
import FoundationEssentials
package import FunctionRuntime
import Outbox
import Postgres
import StrictJSON

/// `/v1/auth`: lets devices in, with an account in the usual sense or without.
package final class AuthEndpoint {
  let endpoint: Endpoint
  /// Nil where no provider can be called.
  let callProvider: ProviderCall?
  private var madeIssuer: TokenIssuer?
  private var madeVault: Vault?

  package init(_ endpoint: Endpoint, callProvider: ProviderCall? = nil) {
    self.endpoint = endpoint
    self.callProvider = callProvider
  }

  package var routes: [Route] {
    tokenRoutes + pairingRoutes + grantRoutes + loginRoutes + deviceRoutes + accountRoutes
  }

  private var tokenRoutes: [Route] {
    [
      Route(.post, "/anonymous", endpoint.open(anonymous)),
      Route(.post, "/token", endpoint.open(token)).refusing(Reply.oauth(refusing:)),
      Route(.post, "/keys", endpoint.signedIn(makeKey)),
      Route(.get, "/keys", endpoint.signedIn(listKeys)),
      Route(.delete, "/keys/{id}", endpoint.signedIn(revokeKey)),
      Route(.get, "/jwks.json", endpoint.open(keySet)),
      Route(.get, "/.well-known/oauth-authorization-server", endpoint.open(metadata)),
    ]
  }

  private var pairingRoutes: [Route] {
    [
      Route(.post, "/pairing", endpoint.signedIn(makePairingCode)),
      Route(.post, "/pairing/redeem", endpoint.open(redeemPairingCode)),
      Route(.post, "/pairing/undo", endpoint.signedIn(undoMerge)),
      Route(.get, "/pairing/merges", endpoint.signedIn(merges)),
    ]
  }

  private var grantRoutes: [Route] {
    [
      Route(.post, "/device", endpoint.open(beginDeviceGrant)).refusing(Reply.oauth(refusing:)),
      Route(.post, "/device/preview", endpoint.signedIn(previewDeviceGrant)),
      Route(.post, "/device/approve", endpoint.signedIn(decideDeviceGrant)),
      Route(.post, "/github", endpoint.open(beginGitHub)),
      Route(.post, "/github/callback", endpoint.open(completeGitHub)),
    ]
  }

  private var loginRoutes: [Route] {
    [
      Route(.post, "/register", endpoint.signedIn(register)),
      Route(.post, "/register/confirm", endpoint.signedIn(confirmRegistration)),
      Route(.post, "/login", endpoint.open(login)),
      Route(.put, "/password", endpoint.signedIn(changePassword)),
      Route(.post, "/password/reset", endpoint.open(requestReset)),
      Route(.post, "/password/reset/confirm", endpoint.open(confirmReset)),
      Route(.post, "/recovery-codes", endpoint.signedIn(makeRecoveryCodes)),
      Route(.post, "/totp", endpoint.signedIn(offerSecondFactor)),
      Route(.post, "/totp/confirm", endpoint.signedIn(confirmSecondFactor)),
      Route(.delete, "/totp", endpoint.signedIn(removeSecondFactor)),
    ]
  }

  private var deviceRoutes: [Route] {
    [
      Route(.post, "/logout", endpoint.signedIn(logout)),
      Route(.get, "/devices", endpoint.signedIn(listDevices)),
      Route(.delete, "/devices", endpoint.signedIn(revokeOtherDevices)),
      Route(.patch, "/devices/{id}", endpoint.signedIn(renameDevice)),
      Route(.delete, "/devices/{id}", endpoint.signedIn(revokeDevice)),
    ]
  }

  private var accountRoutes: [Route] {
    [
      Route(.get, "/account", endpoint.signedIn(showAccount)),
      Route(.patch, "/account", endpoint.signedIn(changeAccount)),
      Route(.delete, "/account", endpoint.signedIn(eraseAccount)),
      Route(.get, "/consents", endpoint.signedIn(listConsents)),
      Route(.post, "/consents", endpoint.signedIn(recordConsent)),
    ]
  }

  func issuer(_ services: Services) async throws -> TokenIssuer {
    if let madeIssuer { return madeIssuer }
    let issuer = try await TokenIssuer(services.configuration)
    madeIssuer = issuer
    return issuer
  }

  /// Made on first use: who has no logins needs no key for them.
  func vault(_ services: Services) throws -> Vault {
    if let madeVault { return madeVault }
    let vault = try Vault(services.configuration)
    madeVault = vault
    return vault
  }

  /// What a device that was let in gets: an access token, and a refresh token of its session.
  func grant(_ admitted: Admitted, _ session: UUID, counter: Int64 = 1, _ call: Call) async throws -> JSON {
    try await issuer(call.services).grant(
      admitted, refresh: RefreshToken(account: admitted.account, session: session, counter: counter),
      now: call.context.now)
  }
}
