package import FoundationEssentials
import FunctionRuntime
package import Postgres

package struct AccountID: Hashable, Sendable {
  package let uuid: UUID
  package init(uuid: UUID) { self.uuid = uuid }
}

package struct DeviceID: Hashable, Sendable {
  package let uuid: UUID
  package init(uuid: UUID) { self.uuid = uuid }
}

/// Whose accounts these are; so far one tenant, the public.
package struct TenantID: Hashable, Sendable {
  package let uuid: UUID
  package init(uuid: UUID) { self.uuid = uuid }
}

/// Who an access token or an API key speaks for.
package struct Caller: Sendable {
  /// What the database is shown, in the pipeline itself.
  package enum Proof: Sendable {
    /// A token's signature was good. The generation is of the device's tokens; one from before a sign-out is refused, and
    /// so is one of a tenant that the account is not of.
    case token(tenant: TenantID, generation: Int32, Role)
    /// Not proved yet: the database knows the key's hash.
    case key(hash: [UInt8], for: Scope)
  }

  package let account: AccountID
  package let device: DeviceID
  package let proof: Proof

  package init(account: AccountID, device: DeviceID, proof: Proof) {
    (self.account, self.device, self.proof) = (account, device, proof)
  }

  package var isKey: Bool { tokenGeneration == nil }

  /// What a key may do is for its scopes to say.
  var role: Role { if case .token(_, _, let role) = proof { role } else { .person } }

  /// Nil for a key, which no route of auth takes.
  package var tokenGeneration: Int32? {
    if case .token(_, let generation, _) = proof { generation } else { nil }
  }

}

extension Caller {
  /// How every pipeline for a caller begins: enter the account and the token's tenant, so that row-level security shows these
  /// and nothing else until the transaction ends; count the request; refuse a revoked device, another tenant's account, a key
  /// that is not good for this, and an erased account.
  /// - Parameters:
  ///   - locking: also takes the account's row, which every pipeline that writes must hold.
  ///   - isAdministrator: also refuses whoever is none (BM40A). Asked of the database each time, so that who is removed, or
  ///     turns the second factor off, is none with the next request, whatever the token says.
  package func prologue(_ limit: RateLimit, locking: Bool, asAdministrator isAdministrator: Bool = false)
    -> Pipeline<Admission>
  {
    switch proof {
    case .token(let tenant, let generation, _):
      let function: SQL = isAdministrator ? "breath.begin_administrator_request" : "breath.begin_token_request"
      return limit.admission(
        by: """
          \(function)(
            \(tenant.uuid), \(account.uuid), \(device.uuid), \(generation), \(locking), \(limit.arguments(subject)))
          """)
    case .key(let hash, let scope):
      return limit.admission(
        by: """
          breath.begin_key_request(
            \(account.uuid), \(device.uuid), \(hash), \(scope.rawValue), \(locking), \(limit.arguments(subject)))
          """)
    }
  }

  /// A key that writes practice goes first to where its person is (`move_key` in sql/).
  package var moves: Pipeline<Void> {
    isKey ? Pipeline("SELECT breath.move_key(\(account.uuid), \(device.uuid))") : Pipeline(of: ())
  }

  /// Counts a call in a transaction of its own, whatever became of the one that `prologue` counted it in.
  package func charge(_ limit: RateLimit) -> Pipeline<Admission> { limit.admit(subject) }

  /// Whose calls are counted together; of a key that is not proved yet, the key that was shown.
  private var subject: String {
    switch proof {
    case .token: device.uuid.lowercased
    case .key(let hash, _): Base64URL.encode(hash)
    }
  }
}
