import Backend
import Crypto
import FunctionRuntime
import Outbox
import Postgres
import StrictJSON

/// A fresh proof of identity for what cannot be taken back: the password where there is one, else the device's own secret.
/// An access token alone is not enough, for it may be a stolen one.
enum Proof {
  case password(String)
  case secret([UInt8])

  var isPassword: Bool {
    switch self {
    case .password: true
    case .secret: false
    }
  }

  /// - Parameter body: `{"password"}` or `{"secret"}`.
  init(_ body: JSONNode) throws(JSONMismatch) {
    guard body["secret"].exists, !body["password"].exists else {
      self = .password(try body["password"].password())
      return
    }
    self = .secret(try body["secret"].deviceSecretHash())
  }

  /// What the database has to compare a proof with.
  struct Comparison: Sendable {
    fileprivate let password: PasswordHash?
    fileprivate let secretHash: [UInt8]?
    /// Too many proofs were wrong lately; then none is right.
    fileprivate let isLocked: Bool
    /// That the recovery code is an unused one of this account.
    let hasCode: Bool
  }

  /// What there is to compare with, and the attempt counted; to be sent before anything is hashed. The reader throws 429
  /// when too many passwords are compared at the moment.
  /// - Parameter code: in the password's place, where that is to be set anew.
  static func begin(
    _ caller: Caller, _ vault: Vault, code: RecoveryCode? = nil, _ hashing: HashingLimits
  ) -> Pipeline<Comparison> {
    Pipeline(
      """
      SELECT password_hash, secret_hash, has_code, is_locked, wait_ms, refusal FROM breath.begin_proof(
        \(caller.account.uuid), \(caller.device.uuid), \(vault.subject(provingFor: caller.account)), \(code?.hash),
        \(hashing.arguments))
      """,
      row: { row in
        try HashingLimits.requireAdmitted(row)
        let passwordHash: String? = try row["password_hash"]
        return Comparison(
          password: passwordHash.flatMap(PasswordHash.init), secretHash: try row["secret_hash"],
          isLocked: try row["is_locked"], hasCode: try row["has_code"])
      })
  }

  /// - Returns: the password hash that was matched; nil when there is none and the secret was enough.
  /// - Throws: 403, the same whatever is wrong.
  func check(
    _ comparison: Comparison, _ vault: Vault, _ hashing: HashingLimits, _ call: Call
  ) throws -> PasswordHash? {
    let stored = comparison.password
    let isRight =
      switch self {
      // Whether an account has a password its own device may know, so there is nothing to compare for show.
      case .password(let password): try stored?.matches(password, vault) ?? false
      case .secret(let hash): stored == nil && comparison.secretHash.map { isEqualInConstantTime($0, hash) } ?? false
      }
    guard isRight, !comparison.isLocked else {
      call.context.log(.warning, "proof refused", ["locked": .bool(comparison.isLocked)])
      if stored != nil { try hashing.noteFailure(call) }
      throw Problem.proofFailed
    }
    return stored
  }
}

extension JSONNode {
  /// SHA-256 of a device's secret, as it is stored: 256 random bits need no slow hash.
  func deviceSecretHash() throws(JSONMismatch) -> [UInt8] {
    guard let bytes = Base64URL.decode(try string(length: 1...64)), bytes.count == 32 else {
      throw mismatch("invalid_secret", "must be 32 random bytes in base64url without padding")
    }
    return Array(SHA256.hash(data: bytes))
  }
}

extension JSONNode {
  /// Nil when it was left out: for what can be had without, in a lesser form.
  func optionalSecretHash() throws(JSONMismatch) -> [UInt8]? {
    try ifPresent { node throws(JSONMismatch) in try node.deviceSecretHash() }
  }
}

extension Caller {
  /// An expression: whether this is the device's own secret; true when none was sent.
  func isProven(by secretHash: [UInt8]?) -> SQL {
    "(\(secretHash) IS NULL OR breath.has_secret(\(account.uuid), \(device.uuid), \(secretHash)))"
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
