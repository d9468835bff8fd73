import Crypto
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

  /// Creates an anonymous account, or finds again the one this device already has: 201 the first time, then 200.
  func anonymous(_ request: Request, _ context: Context) async throws -> Reply {
    let services = try await endpoint.services()
    let body = try request.json()
    let device = try Enrolment(body)
    let session = UUID()
    let limit = services.configuration.limits.enrolment
    let results = try services.database.flight(
      [
        limit.admit(request.network),
        """
        SELECT is_new, account, tenant, generation FROM breath.enrol_device(
          \(device.id.uuid), \(device.secretHash), \(UUID()), \(device.name), \(device.timeZone), \(session))
        """,
      ], context)
    let row = try results[1].only
    let isNew: Bool = try row["is_new"]
    return Reply(
      isNew ? 201 : 200, json: try await grant(row, to: device.id, session, services, context),
      headers: try limit.headers(results[0]))
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

  /// The public keys of our tokens (RFC 7517), for whoever wants to check one.
  func keySet(_ request: Request, _ context: Context) async throws -> Reply {
    let services = try await endpoint.services()
    return Reply(200, json: services.authenticator.publicKeys, headers: [("Cache-Control", "public, max-age=600")])
  }
}

/// A device that presents itself: `{"device": {"id", "name", "timeZone"}, "secret"}`.
struct Enrolment {
  let id: DeviceID
  let name: String
  let timeZone: String
  let secretHash: [UInt8]

  init(_ body: JSONNode) throws(JSONMismatch) {
    let device = try body.object()["device"].object()
    guard let uuid = UUID(uuidString: try device["id"].string(length: 1...64)) else {
      throw device["id"].mismatch("invalid_uuid", "must be a random UUID (RFC 9562) that this device keeps")
    }
    id = DeviceID(uuid: uuid)
    name = try device["name"].ifPresent { node throws(JSONMismatch) in try node.string(length: 1...64) } ?? "device"
    timeZone = try device["timeZone"].ifPresent { node throws(JSONMismatch) in try node.timeZone() } ?? "UTC"
    let secret = try body["secret"].string(length: 1...64)
    guard let bytes = Base64URL.decode(secret), bytes.count == 32 else {
      throw body["secret"].mismatch("invalid_secret", "must be 32 random bytes in base64url without padding")
    }
    secretHash = Array(SHA256.hash(data: bytes))
  }
}

extension Request {
  /// The network a request comes from, as far as the platform's last hop tells: an address, for IPv6 its first 64 bits.
  var network: String {
    let hops = (headers["x-forwarded-for"] ?? "").filter { $0 != " " }.split(separator: ",")
    let address = headers["cf-connecting-ip"] ?? hops.last.map { String($0) } ?? "unknown"
    guard address.contains(":") else { return address }
    return address.split(separator: ":", omittingEmptySubsequences: false).prefix(4).joined(separator: ":")
  }
}
