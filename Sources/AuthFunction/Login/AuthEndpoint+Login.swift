import Backend
import FoundationEssentials
import FunctionRuntime
import Outbox
import Postgres
import StrictJSON

/// `POST /v1/auth/login`: a device joins the account of an address. Whether the address is unknown, the password wrong, or
/// the address locked: the same work, the same answer. A second factor is looked at only after the right password.
extension AuthEndpoint {
  func login(_ call: Call) async throws -> Reply {
    let login = try LoginRequest(try call.request.object(of: LoginRequest.members))
    do {
      switch login.proof {
      case .password(let password, let code): return try await passwordLogin(login, password, code, call)
      case .recoveryCode(let code): return try await recoveryLogin(login, code, call)
      }
    } catch let error as PostgresError where error.sqlState == "BM409" {
      throw Problem.deviceOfAnotherAccount
    }
  }

  /// Two pipelines: what the password is compared with is asked for before, and the attempt counted; the device joins after.
  /// Between them a third counts the code of a second factor, where one is on.
  private func passwordLogin(
    _ login: LoginRequest, _ password: String, _ code: SecondFactor.Code?, _ call: Call
  ) async throws -> Reply {
    let vault = try vault(call.services)
    let index = vault.index(of: login.address)
    let hashing = HashingLimits(call.limits, call.request)
    let (admission, _, stored, factor) = try call.run(
      charging: call.limits.login, call.limits.loginToAddress.admit(Base64URL.encode(index)),
      StoredLogin.begin(index, hashing),
      SecondFactor.find("(SELECT account_id FROM breath.login_addresses WHERE email_index = \(index))"))
    guard let (account, hash) = try stored.matched(by: password, vault) else {
      try hashing.noteFailure(call)
      throw refusal(stored.refusal, call)
    }
    // What is missing is said, for the password was right; the attempt stays counted, or asking without a code would reset
    // the count of who guesses passwords.
    let check = CodeCheck(
      account: account, device: login.device.id.uuid, missing: .secondFactorRequired,
      wrong: { self.refusal(.wrongSecondFactor, call) })
    let use = try use(code, of: factor, check, call)

    let (device, session) = (login.device, UUID())
    let stronger = hash.isWeak ? try PasswordHash(of: password, vault).text : nil
    let (joined, role, notices) = try call.run(
      Pipeline(
        """
        SELECT tenant, generation FROM breath.complete_login(
          \(account), \(index), \(hash.text), \(stronger), \(device.id.uuid), \(device.secretHash), \(device.name),
          \(device.timeZone), \(session), \(use.sealed), \(use.step), \(use.codeHash))
        """, row: { row in try Admitted(ifLetIn: row, account: account, to: device.id) }),
      SessionRole.begin(session), device.question)
    guard let joined else {
      try tellOfWrongCodes(use.attempt, call)
      throw refusal(.outdated, call)
    }
    let granted = try await grant(role.given(to: joined), session, call)
    return Reply(200, json: role.noted(in: granted).noting(notices), headers: admission.headers)
  }

  private func recoveryLogin(_ login: LoginRequest, _ code: RecoveryCode, _ call: Call) async throws -> Reply {
    let index = try vault(call.services).index(of: login.address)
    let (device, session) = (login.device, UUID())
    let (admission, _, outcome, role, notices) = try call.run(
      charging: call.limits.login, call.limits.loginToAddress.admit(Base64URL.encode(index)),
      Pipeline(
        """
        SELECT account, tenant, generation FROM breath.login_by_recovery(
          \(index), \(code.hash), \(device.id.uuid), \(device.secretHash), \(device.name), \(device.timeZone),
          \(session))
        """, row: { row in try RecoveryOutcome(row, device.id) }),
      SessionRole.begin(session), device.question)
    switch outcome {
    case .refused: throw refusal(.wrongRecoveryCode, call)
    case .secondFactorRequired: throw Problem.secondFactorRequired
    case .letIn(let joined):
      let granted = try await grant(role.given(to: joined), session, call)
      return Reply(200, json: role.noted(in: granted).noting(notices), headers: admission.headers)
    }
  }

  /// The log knows why, and of whom it tells nothing.
  private func refusal(_ reason: LoginRefusal, _ call: Call) -> Problem {
    call.context.log(.warning, "sign-in refused", ["reason": .string(reason.rawValue)])
    return .wrongCredentials
  }
}

/// Why a sign-in was refused, for the log alone.
private enum LoginRefusal: String {
  case unknownAddress = "unknown"
  case locked
  case wrongPassword = "wrong"
  case wrongRecoveryCode = "code"
  case wrongSecondFactor = "second factor"
  case outdated = "changed or used meanwhile"
}

/// What the database has of an address's account to compare a password with; nothing where there is none.
private struct StoredLogin {
  private let account: UUID?
  private let hash: PasswordHash?
  /// Too many passwords were wrong lately; then none is right.
  private let isLocked: Bool

  private init(_ row: Row) throws(PostgresError) {
    let passwordHash: String? = try row["password_hash"]
    (account, hash, isLocked) = (try row["account"], passwordHash.flatMap(PasswordHash.init), try row["is_locked"])
  }

  /// Counts the attempt. The reader throws 429 when too many passwords are compared at the moment.
  static func begin(_ index: [UInt8], _ hashing: HashingLimits) -> Pipeline<StoredLogin> {
    Pipeline(
      """
      SELECT account, password_hash, is_locked, wait_ms, refusal
      FROM breath.begin_login(\(index), \(hashing.arguments))
      """,
      row: { row in
        try HashingLimits.requireAdmitted(row)
        return try StoredLogin(row)
      })
  }

  /// Takes as long whether there is an account or not.
  /// - Returns: the account, and the hash that was matched; nil when the password lets nobody in.
  func matched(by password: String, _ vault: Vault) throws -> (account: UUID, hash: PasswordHash)? {
    let isRight = try (hash ?? .ofNobody).matches(password, vault)
    guard isRight, let account, let hash, !isLocked else { return nil }
    return (account, hash)
  }

  /// Why nothing matched.
  var refusal: LoginRefusal { hash == nil ? .unknownAddress : isLocked ? .locked : .wrongPassword }
}

/// What became of a sign-in with a recovery code.
private enum RecoveryOutcome {
  case refused, secondFactorRequired
  case letIn(Admitted)

  /// - Parameter row: no account for a code that is refused; no tenant where the code alone is not enough.
  init(_ row: Row, _ device: DeviceID) throws {
    if let admitted = try Admitted(ifLetIn: row, to: device) {
      self = .letIn(admitted)
    } else {
      let account: UUID? = try row["account"]
      self = account == nil ? .refused : .secondFactorRequired
    }
  }
}

extension Admitted {
  /// Nil where the row has no tenant: the device was not let in.
  fileprivate init?(ifLetIn row: Row, account: UUID? = nil, to device: DeviceID) throws {
    guard let _: UUID = try row["tenant"] else { return nil }
    try self.init(row, account: account, to: device)
  }
}

extension Problem {
  static let wrongCredentials = Problem(
    401, code: "wrong_credentials",
    detail: """
      The address and the password or code do not belong together, or there were too many attempts; then wait an hour, \
      reset the password, or use a recovery code.
      """, headers: [("WWW-Authenticate", "Bearer")])
  static let deviceOfAnotherAccount = Problem.conflict(
    code: "device_exists",
    detail: """
      This device belongs to another account. To bring its practice along, make a pairing code on a machine of this \
      account and redeem it here (POST /v1/auth/pairing).
      """)
}
