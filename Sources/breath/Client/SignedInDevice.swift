internal import NIOHTTP1
internal import StrictJSON
internal import ToolSupport

/// A device that the server has let in. Tokens last minutes, so it signs in again when one has run out.
struct SignedInDevice {
  let name: DeviceName
  private let client: Client
  private let device: KeptDevice
  private(set) var accessToken: String

  /// Signs in a device that was here before.
  init(_ name: DeviceName, _ client: Client) async throws {
    guard let device = try DeviceFile(name).device(at: client.server), device.isKnown else {
      throw Failure(
        .badInput, "There is no device \"\(name)\" for \(client.server): import something as it first (breath import).")
    }
    try await self.init(name, device, client)
  }

  /// Signs in a device, which is made when it is new here. When the server refuses a new one, nothing of it stays.
  /// - Parameters:
  ///   - timeZone: of a new device; nil for this machine's.
  ///   - code: of another device, whose account a new device joins.
  init(_ name: DeviceName, timeZone: String?, code: String?, _ client: Client) async throws {
    let file = try DeviceFile(name)
    let isNew = try file.device(at: client.server) == nil
    var device = try file.device(at: client.server) { KeptDevice(timeZone: timeZone ?? MachineZone.name) }
    if !device.isKnown, let timeZone { device.timeZone = timeZone }
    self.name = name
    self.client = client
    do {
      if let code, !device.isKnown {
        _ = try await client.call(
          .POST, "/v1/auth/pairing/redeem", SignedInDevice.enrolment(of: device, name, code: code)
        ).success()
      } else if code != nil {
        Terminal.note(
          """
          The device "\(name)" has an account already, so the pairing code is not used. 'breath pair CODE' brings that \
          account along.
          """)
      }
      accessToken = try await SignedInDevice.signIn(device, name, client)
    } catch let failure as Failure where failure.status != .unavailable && isNew {
      try file.forget(client.server)
      throw failure
    }
    if !device.isKnown {
      device.isKnown = true
      try file.update(device, at: client.server)
    }
    self.device = device
  }

  private init(_ name: DeviceName, _ device: KeptDevice, _ client: Client) async throws {
    self.name = name
    self.client = client
    self.device = device
    accessToken = try await SignedInDevice.signIn(device, name, client)
  }

  mutating func call(_ method: HTTPMethod, _ path: String, _ body: JSON? = nil) async throws -> Answer {
    let answer = try await client.call(method, path, token: accessToken, body)
    guard answer.status == 401 else { return answer }
    accessToken = try await SignedInDevice.signIn(device, name, client)
    return try await client.call(method, path, token: accessToken, body)
  }

  /// A code that is good anywhere, for it shows the device's own secret.
  mutating func newPairingCode() async throws -> String? {
    try await call(.POST, "/v1/auth/pairing", ["secret": .string(device.secret)]).success()["code"]?.string
  }

  /// Tells the server that the device is elsewhere now. What it stored before keeps its dates.
  mutating func move(to timeZone: String) async throws {
    guard timeZone != device.timeZone else { return }
    let answer = try await call(.POST, "/v1/sync", ["device": ["timeZone": .string(timeZone)], "limit": 1]).success()
    try SignedInDevice.requireZone(timeZone, answer)
    var moved = device
    moved.timeZone = timeZone
    moved.isKnown = true
    try DeviceFile(name).update(moved, at: client.server)
    Terminal.note(
      "The device \"\(name)\" moves from \(device.timeZone) to \(timeZone); earlier sessions keep their dates.")
  }

  /// Brings the device's account along into the one that made the code; undone by `DELETE /v1/auth/pairing/merges/{id}`.
  mutating func redeem(_ code: String) async throws -> JSON {
    try await client.call(
      .POST, "/v1/auth/pairing/redeem", SignedInDevice.enrolment(of: device, name, code: code)
    ).success()
  }

  /// What redeeming the code would come to. Changes nothing, and takes a device that the server does not know.
  static func preview(_ code: String, for device: KeptDevice, _ name: DeviceName, _ client: Client) async throws -> JSON
  {
    try await client.call(
      .POST, "/v1/auth/pairing/redeem?dryRun=true", enrolment(of: device, name, code: code)
    ).success()
  }

  /// Creates the device's account, or finds it again.
  private static func signIn(_ device: KeptDevice, _ name: DeviceName, _ client: Client) async throws -> String {
    let granted = try await client.call(.POST, "/v1/auth/anonymous", enrolment(of: device, name)).success()
    try requireZone(device.timeZone, granted)
    guard let token = granted["accessToken"]?.string else {
      throw Failure(.unavailable, "\(client.server) gave no access token: is --url right?")
    }
    return token
  }

  /// Whoever gives a zone by hand should hear that it is none, before sessions get the dates of another.
  private static func requireZone(_ zone: String, _ answer: JSON) throws {
    guard answer["notices"]?.array?.contains(where: { $0["code"] == "unknown_time_zone" }) == true else { return }
    throw Failure(.badInput, "The server knows no time zone \(zone). Give a name like Europe/Berlin (--time-zone).")
  }

  private static func enrolment(of device: KeptDevice, _ name: DeviceName, code: String? = nil) -> JSON {
    var body = JSONObject([
      ("device", ["id": .string(device.id), "name": .string(name.description), "timeZone": .string(device.timeZone)]),
      ("secret", .string(device.secret)),
    ])
    body["code"] = code.map(JSON.string)
    return .object(body)
  }
}
