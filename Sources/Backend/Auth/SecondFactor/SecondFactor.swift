import FoundationEssentials
import FunctionRuntime
import Postgres
import StrictJSON

/// An account's second factor as it is stored.
struct SecondFactor: Sendable {
  private let totp: TOTP
  private let sealed: [UInt8]
  private let lastStep: Int64
  private let lastUsedBy: UUID?
  let isOn: Bool

  /// - Parameter account: an expression of SQL, for the one account that row-level security shows.
  static func find(_ account: SQL) -> SQL {
    """
    SELECT f.account_id, f.secret, k.wrapped, f.last_step, f.last_used_by, f.confirmed_at IS NOT NULL AS is_on
    FROM breath.second_factors f JOIN breath.account_keys k ON k.account_id = f.account_id
    WHERE f.account_id = \(account)
    """
  }

  static func find(_ caller: Caller) -> SQL { find("\(caller.account.uuid)") }

  /// - Parameter found: what `find` answered; nil when there is none.
  init?(_ found: ResultSet, _ vault: Vault) throws {
    guard let row = found.first else { return nil }
    (sealed, lastStep, lastUsedBy) = (try row["secret"], try row["last_step"], try row["last_used_by"])
    isOn = try row["is_on"]
    let key = try vault.dataKey(of: AccountID(uuid: try row["account_id"]), row["wrapped"])
    guard let secret = key.open(sealed, in: .secondFactor).flatMap(Base64URL.decode) else { throw VaultMismatch() }
    totp = TOTP(secret: secret)
  }
}

extension SecondFactor {
  /// What is shown besides the password.
  enum Code: Sendable {
    case totp(String)
    case recovery(RecoveryCode)

    /// Each is counted for itself.
    var kind: String {
      switch self {
      case .totp: "totp"
      case .recovery: "recovery"
      }
    }

    /// `{"totp"}` or `{"recoveryCode"}`; nil when there is neither.
    init?(_ body: JSONNode) throws(JSONMismatch) {
      if let code = try body["recoveryCode"].ifPresent({ node throws(JSONMismatch) in try RecoveryCode(node) }) {
        self = .recovery(code)
      } else if let code = try body["totp"].ifPresent({ node throws(JSONMismatch) in try node.totpCode() }) {
        self = .totp(code)
      } else {
        return nil
      }
    }
  }

  /// What the database needs to use a code up.
  struct Use: Sendable {
    /// What an account uses that has none on.
    static let notNeeded = Use(sealed: nil, step: nil, codeHash: nil)

    let sealed: [UInt8]?
    let step: Int64?
    let codeHash: [UInt8]?
    /// How it was counted; nil where none was needed.
    var attempt: CodeAttempt?
  }

  /// - Parameter device: may repeat its own code.
  /// - Returns: nil for a code that is wrong or used; whether a recovery code is good only the database knows.
  func use(_ code: Code, by device: UUID?, at now: Date) -> Use? {
    switch code {
    case .recovery(let code): return Use(sealed: sealed, step: nil, codeHash: code.hash)
    case .totp(let code):
      guard let step = totp.step(of: code, at: now),
        step > lastStep || (step == lastStep && device != nil && lastUsedBy == device)
      else { return nil }
      return Use(sealed: sealed, step: step, codeHash: nil)
    }
  }

  /// The step of a code that confirms; the first one, or that of the call before.
  func confirmation(_ code: String, at now: Date) -> Use? {
    totp.step(of: code, at: now).map { Use(sealed: sealed, step: $0, codeHash: nil) }
  }
}

extension JSONNode {
  /// Six digits, however they were typed or pasted: apps show a space among them.
  func totpCode() throws(JSONMismatch) -> String {
    let code = TypedCode.digits(in: try string(length: TypedCode.length))
    guard code.utf8.count == TOTP.digits else {
      throw mismatch("invalid_code", "must be the six digits that the app shows")
    }
    return code
  }
}
