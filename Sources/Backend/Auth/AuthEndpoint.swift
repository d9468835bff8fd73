import FoundationEssentials
package import FunctionRuntime
import Postgres
import StrictJSON

/// `/v1/auth`: lets devices in, with an account in the usual sense or without.
package final class AuthEndpoint {
  let endpoint: Endpoint
  /// Nil where no provider can be called.
  let outbound: Outbound?
  private var madeIssuer: TokenIssuer?
  private var madeVault: Vault?

  package init(_ endpoint: Endpoint, outbound: Outbound? = nil) {
    self.endpoint = endpoint
    self.outbound = outbound
  }

  package var routes: [Route] {
    tokenRoutes + pairingRoutes + grantRoutes + loginRoutes + deviceRoutes + accountRoutes
  }

  private var tokenRoutes: [Route] {
    [
      Route(.post, "/anonymous", anonymous),
      Route(.post, "/token", token).refusing(Reply.oauth(refusing:)),
      Route(.post, "/keys", makeKey),
      Route(.get, "/keys", listKeys),
      Route(.delete, "/keys/{id}", revokeKey),
      Route(.get, "/jwks.json", keySet),
      Route(.get, "/.well-known/oauth-authorization-server", metadata),
    ]
  }

  private var pairingRoutes: [Route] {
    [
      Route(.post, "/pairing", makePairingCode),
      Route(.post, "/pairing/redeem", redeemPairingCode),
      Route(.post, "/pairing/undo", undoMerge),
      Route(.get, "/pairing/merges", merges),
    ]
  }

  private var grantRoutes: [Route] {
    [
      Route(.post, "/device", beginDeviceGrant).refusing(Reply.oauth(refusing:)),
      Route(.post, "/device/preview", previewDeviceGrant),
      Route(.post, "/device/approve", decideDeviceGrant),
      Route(.post, "/github", beginGitHub),
      Route(.post, "/github/callback", completeGitHub),
    ]
  }

  private var loginRoutes: [Route] {
    [
      Route(.post, "/register", register),
      Route(.post, "/register/confirm", confirmRegistration),
      Route(.post, "/login", login),
      Route(.put, "/password", changePassword),
      Route(.post, "/password/reset", requestReset),
      Route(.post, "/password/reset/confirm", confirmReset),
      Route(.post, "/recovery-codes", makeRecoveryCodes),
      Route(.post, "/totp", offerSecondFactor),
      Route(.post, "/totp/confirm", confirmSecondFactor),
      Route(.delete, "/totp", removeSecondFactor),
    ]
  }

  private var deviceRoutes: [Route] {
    [
      Route(.post, "/logout", logout),
      Route(.get, "/devices", listDevices),
      Route(.delete, "/devices", revokeOtherDevices),
      Route(.patch, "/devices/{id}", renameDevice),
      Route(.delete, "/devices/{id}", revokeDevice),
    ]
  }

  private var accountRoutes: [Route] {
    [
      Route(.get, "/account", showAccount),
      Route(.patch, "/account", changeAccount),
      Route(.delete, "/account", eraseAccount),
      Route(.get, "/consents", listConsents),
      Route(.post, "/consents", recordConsent),
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

  /// - Parameter row: account, tenant, generation.
  func grant(
    _ row: Row, as role: Role = .person, to device: DeviceID, _ session: UUID, counter: Int64 = 1,
    _ services: Services, _ context: Context
  ) async throws -> JSON {
    try await grant(
      account: try row["account"], row, as: role, to: device, session, counter: counter, services, context)
  }

  /// - Parameter row: tenant, generation.
  func grant(
    account: UUID, _ row: Row, as role: Role = .person, to device: DeviceID, _ session: UUID, counter: Int64 = 1,
    _ services: Services, _ context: Context
  ) async throws -> JSON {
    let admitted = Admitted(
      account: AccountID(uuid: account), device: device, tenant: try row["tenant"],
      generation: try row["generation"], role: role)
    return try await issuer(services).grant(
      admitted, refresh: RefreshToken(account: admitted.account, session: session, counter: counter), now: context.now)
  }
}
