import Backend
import BreathDomain
package import FoundationEssentials
package import Postgres
import StrictJSON
import SyncFunction

/// The statements of one `POST /v1/sync`, as `SyncEndpoint.sync` sends them, for what measures or interleaves them without a
/// request.
package enum SamplePipeline {
  /// - Parameter body: of the request.
  package static func statements(of body: [UInt8], account: UUID, device: UUID) throws -> [SQL] {
    let caller = Caller(
      account: AccountID(uuid: account), device: DeviceID(uuid: device),
      proof: .token(tenant: publicTenant, generation: 1, .person))
    return try statements(of: body, caller)
  }

  /// The one that the baseline of the schema makes.
  private static let publicTenant = TenantID(
    uuid: UUID(uuid: (0, 0, 0, 0, 0, 0, 0x40, 0, 0x80, 0, 0, 0, 0, 0, 0, 1)))

  static func statements(of body: [UInt8], _ caller: Caller) throws -> [SQL] {
    let request = try SyncRequest(JSONNode(try JSON(parsing: body, limits: .request)), from: caller.device)
    let prologue = caller.prologue(RateLimits(factor: 1e5).device, locking: !request.push.isEmpty)
    let pusher = Pusher(caller: caller, now: Timestamp(Date.now), requestID: "sample")
    return Pipeline(joining: prologue, request.pipeline(by: pusher)).statements
  }
}
