import Backend
import BreathDomain
import Crypto
import FoundationEssentials
import FunctionRuntime
import Postgres
import StrictJSON

/// Sign-in of an editor, a terminal or anything else by a device that is signed in already (RFC 8628, docs/pairing.md).
extension AuthEndpoint {
  /// `POST /device`: form or JSON. Never a complete verification URI: who approves must type the code.
  func beginDeviceGrant(_ call: Call) async throws -> Reply {
    let verification = try call.services.configuration.verificationURL
    let asking: AskingDevice
    do { asking = try AskingDevice(try call.request.oauthParameters) } catch let error as OAuthParameter.Wrong {
      return .oauth("invalid_request", error.detail)
    }
    let (deviceCode, userCode) = (DeviceGrant.DeviceCode.random(), DeviceGrant.UserCode.random())
    let key = try await issuer(call.services).refreshKey
    let (admission, isBegun) = try call.run(
      charging: call.limits.deviceGrant,
      Pipeline<Bool>(
        """
        SELECT breath.begin_device_grant(
          \(deviceCode.hash), \(userCode.hash(key)), \(asking.client), \(call.request.coarseNetwork), \(asking.id),
          \(asking.secretHash), \(asking.name), \(asking.timeZone),
          \(call.context.now.addingTimeInterval(DeviceGrant.lifetimeSeconds))) AS is_begun
        """, value: "is_begun"))
    guard isBegun else { throw Problem.unavailable(retryAfter: .seconds(1)) }
    return Reply(
      200,
      json: [
        "device_code": .string(deviceCode.text), "user_code": .string(userCode.text),
        "verification_uri": .string(verification), "expires_in": JSON(Int(DeviceGrant.lifetimeSeconds)),
        "interval": JSON(DeviceGrant.intervalSeconds), "device": .string(asking.id.lowercased),
      ], headers: admission.headers)
  }

  /// `POST /device/preview`: what a person should see before deciding.
  func previewDeviceGrant(_ signedIn: SignedIn) async throws -> Reply {
    let (request, caller) = (signedIn.request, signedIn.caller)
    let code = try UserCodeField(try request.object(of: ["/userCode"])).code
    let tries = CodeTries(network: request.network, account: caller.account)
    let key = try await issuer(signedIn.services).refreshKey
    let asking = try signedIn.read(
      Pipeline(
        """
        SELECT outcome, retry_ms, client, network, name, created_at, expires_at FROM breath.find_device_grant(
          \(code.hash(key)), \(tries.subjects), \(tries.maxima), NULL, \(caller.device.uuid))
        """,
        row: { row in
          try AuthEndpoint.requireFound(row)
          return try JSON(asking: row, by: request)
        }))
    return Reply(200, json: asking)
  }

  /// `POST /device/approve`: `{"userCode", "decision": "approve" | "deny"}`.
  func decideDeviceGrant(_ signedIn: SignedIn) async throws -> Reply {
    let (request, caller) = (signedIn.request, signedIn.caller)
    let body = try request.object(of: ["/userCode", "/decision"])
    let code = try UserCodeField(body).code
    let decision = try body["decision"].string(length: 1...16)
    guard ["approve", "deny"].contains(decision) else {
      throw body["decision"].mismatch("unknown_decision", "must be \"approve\" or \"deny\"")
    }
    let tries = CodeTries(network: request.network, account: caller.account)
    let key = try await issuer(signedIn.services).refreshKey
    try signedIn.write(
      Pipeline(
        """
        SELECT outcome, retry_ms FROM breath.decide_device_grant(
          \(code.hash(key)), \(tries.subjects), \(tries.maxima), \(decision), \(caller.account.uuid),
          \(caller.device.uuid))
        """, row: AuthEndpoint.requireFound))
    return Reply(200, json: ["decision": .string(decision)])
  }

  /// Read once the pipeline is committed, so that a wrong code is counted though this throws.
  private static func requireFound(_ row: Row) throws {
    switch try row["outcome"] as UserCodeOutcome {
    case .found: return
    case .locked: throw Problem.tooManyRequests(retryAfter: .milliseconds(try row["retry_ms"] as Int64))
    case .elsewhere:
      throw Problem.conflict(
        code: "device_has_account",
        detail: "That device has an account of its own. Pair it with a code instead, which brings its practice along.")
    case .unknown:
      throw Problem(
        404, code: "user_code_invalid",
        detail: "This code is unknown, used, or older than ten minutes. Ask the other device for a new one.")
    }
  }

  /// `POST /token` with a device code.
  func poll(_ parameters: [String: String], _ call: Call) async throws -> Reply {
    guard let text = parameters["device_code"] else { return .oauth("invalid_request", "device_code is missing.") }
    guard let code = DeviceGrant.DeviceCode(text) else {
      return .oauth("invalid_grant", "This device code is not one of ours.")
    }
    let session = UUID()
    let (_, polled) = try call.run(
      call.limits.poll.admit(Base64URL.encode(code.hash)),
      Pipeline(
        "SELECT outcome, account, device, tenant, generation FROM breath.poll_device_grant(\(code.hash), \(session))",
        row: Polled.init))
    switch polled {
    case .admitted(let admitted):
      let json = try await grant(admitted, session, call)
      return Reply(200, json: json.withOAuthNames, headers: [("Pragma", "no-cache")])
    case .refused(let outcome, let description): return .oauth(outcome.rawValue, description)
    }
  }
}

/// What a poll came to.
private enum Polled {
  case admitted(Admitted)
  case refused(PollOutcome, String)

  init(_ row: Row) throws(PostgresError) {
    let outcome: PollOutcome = try row["outcome"]
    self =
      switch outcome {
      case .granted: .admitted(try Admitted(row, to: DeviceID(uuid: try row["device"])))
      case .pending: .refused(outcome, "Nobody has decided yet. Ask again after the interval.")
      case .tooEarly: .refused(outcome, "Too early. Wait five seconds longer from now on.")
      case .denied: .refused(outcome, "The request was denied.")
      case .expired: .refused(outcome, "The code is older than ten minutes. Begin again.")
      case .invalid: .refused(outcome, "This device code is unknown or used. Begin again.")
      }
  }
}

extension JSON {
  /// Who asks to be let in.
  fileprivate init(asking row: Row, by request: Request) throws(PostgresError) {
    let (client, name, network): (String, String, String) = (try row["client"], try row["name"], try row["network"])
    let (askedAt, expiresAt): (Date, Date) = (try row["created_at"], try row["expires_at"])
    self = [
      "client": JSON(shownName: client, or: AskingDevice.unknownClient), "device": ["name": JSON(shownName: name)],
      "network": .string(network), "isYourNetwork": .bool(network == request.coarseNetwork),
      "askedAt": JSON(askedAt), "expiresAt": JSON(expiresAt),
    ]
  }
}

/// `{"userCode"}`
private struct UserCodeField {
  let code: DeviceGrant.UserCode

  init(_ body: JSONNode) throws(JSONMismatch) {
    guard let code = DeviceGrant.UserCode(try body["userCode"].string(length: TypedCode.length)) else {
      throw body["userCode"].mismatch("invalid_code", "must be a code like BCDF-GHJK")
    }
    self.code = code
  }
}

/// Who asks to be let in. Members beyond RFC 8628's let a client bring its own id and secret, so that it can sign in again
/// by itself; without them the server makes an id, and the refresh token is its only way in (docs/decisions/0014).
private struct AskingDevice {
  static let unknownClient = "unknown client"

  let client, name: String
  /// What means nothing is left aside: OAuth has no place to say so.
  let timeZone: String?
  let id: UUID
  let secretHash: [UInt8]

  init(_ parameters: [String: String]) throws(OAuthParameter.Wrong) {
    func text(_ key: String, or usual: String) throws(OAuthParameter.Wrong) -> String {
      guard let name = Name(parameters[key] ?? usual) else {
        throw OAuthParameter.Wrong(detail: "\(key) must have 1 to 64 characters; it \(Name.rule).")
      }
      return name.text
    }
    client = try text("client_id", or: AskingDevice.unknownClient)
    name = try text("device_name", or: client)
    timeZone = parameters["time_zone"].flatMap { StatedZone($0).text }
    switch (parameters["device_id"], parameters["device_secret"]) {
    case (nil, nil):
      id = UUID()
      secretHash = Array(SHA256.hash(data: RandomSecret.bytes(32)))
    case (let id?, let secret?):
      guard let uuid = UUID(uuidString: id) else { throw OAuthParameter.Wrong(detail: "device_id must be a UUID.") }
      self.id = uuid
      do { secretHash = try JSONNode(.string(secret)).deviceSecretHash() } catch {
        throw OAuthParameter.Wrong(detail: "device_secret must be 32 random bytes in base64url without padding.")
      }
    case (nil, _?), (_?, nil):
      throw OAuthParameter.Wrong(detail: "device_id and device_secret come together or not at all.")
    }
  }
}
