import FoundationEssentials
package import FunctionRuntime
import Postgres
import StrictJSON

/// `/v1/auth`: lets devices in, without an account in the usual sense and without any personal data.
package final class AuthEndpoint {
  let endpoint: Endpoint
  private var made: TokenIssuer?

  package init(_ endpoint: Endpoint) { self.endpoint = endpoint }

  package var routes: [Route] {
    [
      Route(.post, "/anonymous", anonymous),
      Route(.post, "/token", token),
      Route(.post, "/pairing", makePairingCode),
      Route(.post, "/pairing/redeem", redeemPairingCode),
      Route(.get, "/jwks.json", keySet),
    ]
  }

  func issuer(_ services: Services) async throws -> TokenIssuer {
    if let made { return made }
    let issuer = try await TokenIssuer(services.configuration)
    made = issuer
    return issuer
  }

  /// - Parameter row: account, tenant, generation.
  func grant(
    _ row: Row, to device: DeviceID, _ session: UUID, counter: Int64 = 1, _ services: Services, _ context: Context
  ) async throws -> JSON {
    let caller = Caller(
      account: AccountID(uuid: try row["account"]), device: device, tenant: try row["tenant"],
      tokenGeneration: try row["generation"])
    return try await issuer(services).grant(
      caller, refresh: RefreshToken(account: caller.account, session: session, counter: counter), now: context.now)
  }
}
