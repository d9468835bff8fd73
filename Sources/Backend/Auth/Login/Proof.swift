import Crypto
import FunctionRuntime
import Postgres
import StrictJSON

/// A fresh proof of identity for what cannot be taken back: the password where there is one, else the device's own secret.
/// An access token alone is not enough, for it may be a stolen one.
enum Proof {
  case password(String)
  case secret([UInt8])

  /// - Parameter body: `{"password"}` or `{"secret"}`.
  init(_ body: JSONNode) throws(JSONMismatch) {
    guard body["secret"].exists, !body["password"].exists else {
      self = .password(try body["password"].password())
      return
    }
    self = .secret(try body["secret"].deviceSecretHash())
  }

  /// What there is to compare with, and the attempt counted; to be sent before anything is hashed.
  static func begin(_ caller: Caller, _ vault: Vault) -> SQL {
    """
    SELECT password_hash, secret_hash, is_locked
    FROM breath.begin_proof(\(caller.account.uuid), \(caller.device.uuid), \(vault.subject(provingFor: caller.account)))
    """
  }

  /// - Parameter row: what `begin` answered.
  /// - Returns: the password hash that was matched; nil when there is none and the secret was enough.
  /// - Throws: 403, the same whatever is wrong.
  func check(_ row: Row, _ vault: Vault, _ context: Context) throws -> PasswordHash? {
    let (passwordHash, secretHash): (String?, [UInt8]?) = (try row["password_hash"], try row["secret_hash"])
    let isLocked: Bool = try row["is_locked"]
    let stored = passwordHash.flatMap(PasswordHash.init)
    let isRight =
      switch self {
      case .password(let password): try (stored ?? .ofNobody).matches(password, vault) && stored != nil
      case .secret(let hash): stored == nil && secretHash.map { isEqualInConstantTime($0, hash) } ?? false
      }
    guard isRight, !isLocked else {
      context.log(.warning, "proof refused", ["locked": .bool(isLocked)])
      throw Problem.proofFailed
    }
    return stored
  }
}

extension JSONNode {
  /// Of a device's secret, as it is stored: 256 random bits need no slow hash.
  func deviceSecretHash() throws(JSONMismatch) -> [UInt8] {
    guard let bytes = Base64URL.decode(try string(length: 1...64)), bytes.count == 32 else {
      throw mismatch("invalid_secret", "must be 32 random bytes in base64url without padding")
    }
    return Array(SHA256.hash(data: bytes))
  }
}

extension Problem {
  static let proofFailed = Problem.forbidden(
    code: "proof_failed",
    detail: """
      This needs a fresh proof that it is you: the account's password, or, while it has none, the device's secret. \
      After too many attempts wait an hour.
      """)
}
