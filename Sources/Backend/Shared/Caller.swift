import FoundationEssentials
import FunctionRuntime
import Postgres

struct AccountID: Hashable, Sendable { let uuid: UUID }
struct DeviceID: Hashable, Sendable { let uuid: UUID }

/// Who an access token or an API key speaks for.
struct Caller: Sendable {
  /// What the database is shown, in the flight itself.
  enum Proof: Sendable {
    /// A token's signature was good. The generation is of the device's tokens; one from before a sign-out is refused.
    case token(generation: Int32, Role)
    /// Not proved yet: the database knows the key's hash.
    case key(hash: [UInt8], for: Scope)
  }

  let account: AccountID
  let device: DeviceID
  let proof: Proof

  var isKey: Bool { tokenGeneration == nil }

  /// Nil for a key, which no route of auth takes.
  var tokenGeneration: Int32? {
    if case .token(let generation, _) = proof { generation } else { nil }
  }
}

extension Caller {
  /// How every flight for a caller begins: enter the account, so that row-level security shows it until the transaction
  /// ends; count the request; refuse a revoked device, a key that is not good for this, and an erased account.
  /// - Parameter locking: also takes the account's row, which every flight that writes must hold.
  func prologue(_ limit: RateLimit, locking: Bool) -> SQL {
    switch proof {
    case .token(let generation, _):
      """
      SELECT remaining, reset_ms FROM breath.begin_request(
        \(account.uuid), \(device.uuid), \(generation), \(locking), \(limit.key(subject)),
        \(limit.intervalMs), \(Int32(limit.burst)))
      """
    case .key(let hash, let scope):
      """
      SELECT remaining, reset_ms FROM breath.begin_key_request(
        \(account.uuid), \(device.uuid), \(hash), \(scope.rawValue), \(locking), \(limit.key(subject)),
        \(limit.intervalMs), \(Int32(limit.burst)))
      """
    }
  }

  /// A key that writes practice goes first to where its person is (`move_key` in sql/).
  var moves: [SQL] { isKey ? ["SELECT breath.move_key(\(account.uuid), \(device.uuid))"] : [] }

  /// Counts a call in a transaction of its own, whatever became of the one that `prologue` counted it in.
  func charge(_ limit: RateLimit) -> SQL { limit.admit(subject) }

  /// Whose calls are counted together; of a key that is not proved yet, the key that was shown.
  private var subject: String {
    switch proof {
    case .token: device.uuid.lowercased
    case .key(let hash, _): Base64URL.encode(hash)
    }
  }
}
