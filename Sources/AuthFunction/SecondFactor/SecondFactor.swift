import Backend
import FoundationEssentials
import FunctionRuntime
import Outbox
import Postgres
import StrictJSON

/// An account's second factor, opened.
struct SecondFactor: Sendable {
  private let totp: TOTP
  private let stored: Stored

  var isOn: Bool { stored.isOn }

  /// As the database has it.
  struct Stored: Sendable {
    fileprivate let account: AccountID
    fileprivate let secret, wrappedKey: [UInt8]
    fileprivate let lastStep: Int64
    fileprivate let lastUsedBy: UUID?
    fileprivate let isOn: Bool
  }

  /// - Throws: `Configuration.Failure` when the environment's key is another than the one that sealed it.
  init(_ stored: Stored, _ vault: Vault) throws(Configuration.Failure) {
    let key = try vault.dataKey(stored.wrappedKey, of: stored.account)
    guard let secret = key.open(stored.secret, in: .secondFactor).flatMap(Base64URL.decode) else {
      throw .replaced(.dataKey)
    }
    (self.stored, totp) = (stored, TOTP(secret: secret))
  }
}

extension SecondFactor {
  static func find(_ caller: Caller) -> Pipeline<Stored?> { find("\(caller.account.uuid)") }

  /// - Parameter account: an expression of SQL, for the one account that row-level security shows.
  static func find(_ account: SQL) -> Pipeline<Stored?> {
    Pipeline(
      """
      SELECT f.account_id, f.secret, k.wrapped, f.last_step, f.last_used_by, f.confirmed_at IS NOT NULL AS is_on
      FROM breath.second_factors f JOIN breath.account_keys k ON k.account_id = f.account_id
      WHERE f.account_id = \(account)
      """,
      first: { row in
        Stored(
          account: AccountID(uuid: try row["account_id"]), secret: try row["secret"], wrappedKey: try row["wrapped"],
          lastStep: try row["last_step"], lastUsedBy: try row["last_used_by"], isOn: try row["is_on"])
      })
  }
}

extension SecondFactor {
  /// What is shown besides the password.
  enum Code: Sendable {
    case totp(String)
    case recovery(RecoveryCode)

    /// In the words of `breath.begin_code`: each is counted for itself.
    enum Kind: String, PostgresBindable { case totp, recovery }

    var kind: Kind {
      switch self {
      case .totp: .totp
      case .recovery: .recovery
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
    case .recovery(let code): return Use(sealed: stored.secret, step: nil, codeHash: code.hash)
    case .totp(let code):
      guard let step = totp.step(of: code, at: now),
        step > stored.lastStep || (step == stored.lastStep && device != nil && stored.lastUsedBy == device)
      else { return nil }
      return Use(sealed: stored.secret, step: step, codeHash: nil)
    }
  }

  /// The step of a code that confirms; the first one, or that of the call before.
  func confirmation(_ code: String, at now: Date) -> Use? {
    totp.step(of: code, at: now).map { Use(sealed: stored.secret, step: $0, codeHash: nil) }
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
