import FoundationEssentials
import FunctionRuntime
import Postgres

struct AccountID: Hashable, Sendable { let uuid: UUID }
struct DeviceID: Hashable, Sendable { let uuid: UUID }

/// Who an access token speaks for.
struct Caller: Sendable {
  let account: AccountID
  let device: DeviceID
  let tenant: UUID
  /// Of the device's tokens; the database refuses one from before a sign-out (sql/0006).
  let tokenGeneration: Int32
}

extension Caller {
  /// How every flight for a caller begins: enter the account, so that row-level security shows it until the transaction
  /// ends; count the request; refuse a revoked device and an erased account.
  /// - Parameter locking: also takes the account's row, which every flight that writes must hold.
  func prologue(_ limit: RateLimit, locking: Bool) -> SQL {
    """
    SELECT remaining, reset_ms FROM breath.begin_request(
      \(account.uuid), \(device.uuid), \(tokenGeneration), \(locking), \(limit.key(device.uuid.lowercased)),
      \(limit.intervalMs), \(Int32(limit.burst)))
    """
  }
}
