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

extension AccountID {
  /// Lets row-level security show this account's rows until the transaction ends. First in every flight.
  var enter: SQL { "SELECT set_config('breath.account', \(uuid.lowercased), true)" }
}

extension Caller {
  /// How every flight for a caller begins: enter the account, count the request, and refuse a revoked device.
  /// - Parameter locking: also takes the account's row, which every flight that writes must hold.
  func prologue(_ limit: RateLimit, locking: Bool) -> [SQL] {
    let (account, device) = (account.uuid, device.uuid)
    return [
      self.account.enter,
      limit.admit(device.lowercased),
      locking
        ? "SELECT breath.lock_account(\(account), \(device), \(tokenGeneration))"
        : "SELECT breath.require_device(\(account), \(device), \(tokenGeneration))",
    ]
  }
}
