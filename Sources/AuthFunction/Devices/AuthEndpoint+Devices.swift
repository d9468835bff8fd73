import Backend
import BreathDomain
import FoundationEssentials
import FunctionRuntime
import Postgres
import StrictJSON

/// The machines of an account: which there are, what they are called, and which may no longer come.
extension AuthEndpoint {
  /// `POST /v1/auth/logout`: ends every session of this device at once, access tokens included. Its secret lets it in again.
  func logout(_ signedIn: SignedIn) async throws -> Reply {
    let caller = signedIn.caller
    try signedIn.write(
      Pipeline("SELECT breath.end_sessions(\(caller.account.uuid), \([caller.device.uuid]), 'logout')"))
    return Reply(204)
  }

  /// `GET /v1/auth/devices`, without those that left when a merge was undone.
  func listDevices(_ signedIn: SignedIn) async throws -> Reply {
    let caller = signedIn.caller
    let devices = try signedIn.read(
      Pipeline(
        """
        \(AuthEndpoint.shown) FROM breath.devices d
        WHERE d.account_id = \(caller.account.uuid) AND d.left_at IS NULL
        ORDER BY d.created_at, d.device_id
        """, each: { row in try JSON(device: row, of: caller) }))
    return Reply(200, json: ["devices": .array(devices)])
  }

  /// `PATCH /v1/auth/devices/{id}` `{"name"}`. The others hear of it at their next sync.
  func renameDevice(_ signedIn: SignedIn) async throws -> Reply {
    let caller = signedIn.caller
    let name = try signedIn.request.object(of: ["/name"])["name"].name().text
    let device = try signedIn.request.device
    let renamed = try signedIn.write(
      Pipeline(
        "\(AuthEndpoint.shown) FROM breath.rename_device(\(caller.account.uuid), \(device.uuid), \(name)) d",
        first: { row in try JSON(device: row, of: caller) }))
    guard let renamed else { throw Problem.notFound() }
    return Reply(200, json: renamed)
  }

  /// `DELETE /v1/auth/devices/{id}`: for good, also for its secret; this device too, if it is the one. What it practised stays.
  func revokeDevice(_ signedIn: SignedIn) async throws -> Reply {
    let device = try signedIn.request.device
    let isKnown = try signedIn.write(
      Pipeline(
        """
        SELECT breath.revoke_devices(account_id, ARRAY[device_id]) FROM breath.devices
        WHERE account_id = \(signedIn.caller.account.uuid) AND device_id = \(device.uuid) AND left_at IS NULL
        """, rows: { rows in !rows.isEmpty }))
    guard isKnown else { throw Problem.notFound() }
    return Reply(204)
  }

  /// `DELETE /v1/auth/devices`: all but this one.
  func revokeOtherDevices(_ signedIn: SignedIn) async throws -> Reply {
    let caller = signedIn.caller
    let count = try signedIn.write(
      Pipeline<Int64>(
        """
        SELECT breath.revoke_devices(
          \(caller.account.uuid), breath.other_devices(\(caller.account.uuid), \(caller.device.uuid))) AS count
        """, value: "count"))
    return Reply(200, json: ["revoked": .integer(count)])
  }

  /// The beginning of a query of devices `d`. A device was last seen when it last signed in or refreshed, within a quarter of
  /// an hour.
  private static let shown: SQL = """
    SELECT d.device_id, d.name, breath.shown_zone(d.time_zone) AS time_zone, d.created_at, d.revoked_at, (
      SELECT max(s.rotated_at) FROM breath.refresh_sessions s
      WHERE s.account_id = d.account_id AND s.device_id = d.device_id) AS last_seen_at
    """
}

extension Request {
  /// A malformed id gets the same 404 as an unknown one, or somebody else's.
  fileprivate var device: DeviceID {
    get throws(Problem) {
      guard let uuid = parameters["id"].flatMap(UUID.init(uuidString:)) else { throw .notFound() }
      return DeviceID(uuid: uuid)
    }
  }
}

extension JSON {
  fileprivate init(device row: Row, of caller: Caller) throws(PostgresError) {
    let id: UUID = try row["device_id"]
    let (created, lastSeen, revoked): (Date, Date?, Date?) = (
      try row["created_at"], try row["last_seen_at"], try row["revoked_at"]
    )
    self = [
      "id": .string(id.lowercased), "name": JSON(shownName: try row["name"]), "timeZone": .string(try row["time_zone"]),
      "createdAt": JSON(created), "lastSeenAt": JSON(lastSeen), "revoked": .bool(revoked != nil),
      "isThisOne": .bool(id == caller.device.uuid),
    ]
  }
}
