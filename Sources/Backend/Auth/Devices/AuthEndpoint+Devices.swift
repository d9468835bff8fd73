import BreathDomain
import FoundationEssentials
import FunctionRuntime
import Postgres
import StrictJSON

/// The machines of an account: which there are, what they are called, and which may no longer come.
extension AuthEndpoint {
  /// `POST /v1/auth/logout`: ends every session of this device at once, access tokens included. Its secret lets it in again.
  func logout(_ request: Request, _ context: Context) async throws -> Reply {
    let services = try await endpoint.services()
    let caller = try await services.authenticator.caller(of: request)
    let (_, headers) = try services.pipeline(
      for: caller, locking: true,
      ["SELECT breath.end_sessions(\(caller.account.uuid), \([caller.device.uuid]), 'logout')"], context)
    return Reply(204, headers: headers)
  }

  /// `GET /v1/auth/devices`, without those that left when a merge was undone. A device was last seen when it last signed in or
  /// refreshed, within a quarter of an hour.
  func listDevices(_ request: Request, _ context: Context) async throws -> Reply {
    let services = try await endpoint.services()
    let caller = try await services.authenticator.caller(of: request)
    let (results, headers) = try services.pipeline(
      for: caller, locking: false,
      [
        """
        SELECT d.device_id, d.name, breath.shown_zone(d.time_zone) AS time_zone, d.created_at, d.revoked_at, (
          SELECT max(s.rotated_at) FROM breath.refresh_sessions s
          WHERE s.account_id = d.account_id AND s.device_id = d.device_id) AS last_seen_at
        FROM breath.devices d
        WHERE d.account_id = \(caller.account.uuid) AND d.left_at IS NULL
        ORDER BY d.created_at, d.device_id
        """
      ], context)
    let devices = try results[0].map { row in try JSON(device: row, of: caller) }
    return Reply(200, json: ["devices": .array(devices)], headers: headers)
  }

  /// `PATCH /v1/auth/devices/{id}` `{"name"}`. The others hear of it at their next sync.
  func renameDevice(_ request: Request, _ context: Context) async throws -> Reply {
    let services = try await endpoint.services()
    let caller = try await services.authenticator.caller(of: request)
    let name = try request.object(of: ["/name"])["name"].name().text
    let device = try request.device
    let (results, headers) = try services.pipeline(
      for: caller, locking: true,
      [
        """
        WITH head AS (
          SELECT version + 1 AS version FROM breath.accounts WHERE account_id = \(caller.account.uuid)
        ), renamed AS (
          UPDATE breath.devices d SET name = \(name), version = head.version
          FROM head
          WHERE d.account_id = \(caller.account.uuid) AND d.device_id = \(device.uuid) AND d.left_at IS NULL
          RETURNING d.device_id, d.name, breath.shown_zone(d.time_zone) AS time_zone, d.created_at, d.revoked_at, (
            SELECT max(s.rotated_at) FROM breath.refresh_sessions s
            WHERE s.account_id = d.account_id AND s.device_id = d.device_id) AS last_seen_at
        ), moved AS (
          UPDATE breath.accounts SET version = version + 1
          WHERE account_id = \(caller.account.uuid) AND EXISTS (SELECT FROM renamed)
        )
        SELECT * FROM renamed
        """
      ], context)
    guard let row = results[0].first else { throw Problem.notFound() }
    return Reply(200, json: try JSON(device: row, of: caller), headers: headers)
  }

  /// `DELETE /v1/auth/devices/{id}`: for good, also for its secret; this device too, if it is the one. What it practised stays.
  func revokeDevice(_ request: Request, _ context: Context) async throws -> Reply {
    let services = try await endpoint.services()
    let caller = try await services.authenticator.caller(of: request)
    let device = try request.device
    let (results, headers) = try services.pipeline(
      for: caller, locking: true,
      [
        """
        SELECT breath.revoke_devices(account_id, ARRAY[device_id]) FROM breath.devices
        WHERE account_id = \(caller.account.uuid) AND device_id = \(device.uuid) AND left_at IS NULL
        """
      ], context)
    guard !results[0].isEmpty else { throw Problem.notFound() }
    return Reply(204, headers: headers)
  }

  /// `DELETE /v1/auth/devices`: all but this one.
  func revokeOtherDevices(_ request: Request, _ context: Context) async throws -> Reply {
    let services = try await endpoint.services()
    let caller = try await services.authenticator.caller(of: request)
    let (results, headers) = try services.pipeline(
      for: caller, locking: true,
      [
        """
        SELECT breath.revoke_devices(
          \(caller.account.uuid), breath.other_devices(\(caller.account.uuid), \(caller.device.uuid))) AS count
        """
      ], context)
    return Reply(200, json: ["revoked": .integer(try results[0].only["count"])], headers: headers)
  }
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
