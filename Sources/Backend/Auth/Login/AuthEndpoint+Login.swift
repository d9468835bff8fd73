import FoundationEssentials
import FunctionRuntime
import Postgres
import StrictJSON

/// `POST /v1/auth/login`: a device joins the account of an address. Whether the address is unknown, the password wrong, or
/// the address locked: the same work, the same answer. A second factor is looked at only after the right password.
extension AuthEndpoint {
  func login(_ request: Request, _ context: Context) async throws -> Reply {
    let services = try await endpoint.services()
    let login = try LoginRequest(try request.object(of: LoginRequest.members))
    let index = try vault(services).index(of: login.address)
    do {
      switch login.proof {
      case .password(let password, let code):
        return try await self.login(login, index, password: password, code, request, services, context)
      case .recoveryCode(let code): return try await self.login(login, index, code, request, services, context)
      }
    } catch let error as PostgresError where error.sqlState == "BM409" {
      throw Problem.deviceOfAnotherAccount
    }
  }

  /// Two pipelines: what the password is compared with is asked for before, and the attempt counted; the device joins after.
  /// Between them a third counts the code of a second factor, where one is on.
  private func login(
    _ login: LoginRequest, _ index: [UInt8], password: String, _ code: SecondFactor.Code?, _ request: Request,
    _ services: Services, _ context: Context
  ) async throws -> Reply {
    let vault = try vault(services)
    let limits = services.configuration.limits
    let hashing = HashingLimits(limits, callers: ["network \(request.network)"])
    let found = try services.database.pipeline(
      charging: (limits.login, request.network),
      [
        limits.loginToAddress.admit(Base64URL.encode(index)),
        """
        SELECT account, password_hash, is_locked, wait_ms, refusal
        FROM breath.begin_login(\(index), \(hashing.arguments))
        """,
        SecondFactor.find("(SELECT account_id FROM breath.login_addresses WHERE email_index = \(index))"),
      ], context)
    let (account, hash) = try proven(password, found[2].only, vault, hashing, services, context)
    // What is missing is said, for the password was right; the attempt stays counted, or asking without a code would reset
    // the count of who guesses passwords.
    let use = try use(
      code, SecondFactor(found[3], vault), of: account, by: login.device.id.uuid, missing: .secondFactorRequired,
      wrong: refusal("second factor", context), services, context)

    let session = UUID()
    let stronger = hash.isWeak ? try PasswordHash(of: password, vault).text : nil
    let device = login.device
    let joined = try services.database.pipeline(
      [
        """
        SELECT tenant, generation FROM breath.complete_login(
          \(account), \(index), \(hash.text), \(stronger), \(device.id.uuid), \(device.secretHash), \(device.name),
          \(device.timeZone), \(session), \(use.sealed), \(use.step), \(use.codeHash))
        """, SessionRole.begin(session), device.question,
      ], context)
    guard let _: UUID = try joined[0].only["tenant"] else {
      try tellOfWrongCodes(use, services, context)
      throw refusal("changed or used meanwhile", context)
    }
    let role = try SessionRole(joined[1].only)
    let granted = try await grant(
      account: account, joined[0].only, as: role.role, to: device.id, session, services, context)
    return Reply(
      200, json: role.noted(in: granted).noting(try device.notices(joined)), headers: try limits.login.headers(found[0])
    )
  }

  /// - Parameter row: what `begin_login` answered.
  private func proven(
    _ password: String, _ row: Row, _ vault: Vault, _ hashing: HashingLimits, _ services: Services, _ context: Context
  ) throws -> (account: UUID, hash: PasswordHash) {
    try HashingLimits.requireAdmitted(row)
    let stored: String? = try row["password_hash"]
    let hash = stored.flatMap(PasswordHash.init)
    let isRight = try (hash ?? .ofNobody).matches(password, vault)
    let isLocked: Bool = try row["is_locked"]
    guard isRight, let hash, let account: UUID = try row["account"], !isLocked else {
      try hashing.noteFailure(services, context)
      throw refusal(hash == nil ? "unknown" : isLocked ? "locked" : "wrong", context)
    }
    return (account, hash)
  }

  private func login(
    _ login: LoginRequest, _ index: [UInt8], _ code: RecoveryCode, _ request: Request, _ services: Services,
    _ context: Context
  ) async throws -> Reply {
    let limits = services.configuration.limits
    let (session, device) = (UUID(), login.device)
    let results = try services.database.pipeline(
      charging: (limits.login, request.network),
      [
        limits.loginToAddress.admit(Base64URL.encode(index)),
        """
        SELECT account, tenant, generation FROM breath.login_by_recovery(
          \(index), \(code.hash), \(device.id.uuid), \(device.secretHash), \(device.name), \(device.timeZone), \(session))
        """, SessionRole.begin(session), device.question,
      ], context)
    let row = try results[2].only
    guard let _: UUID = try row["account"] else { throw refusal("code", context) }
    guard let _: UUID = try row["tenant"] else { throw Problem.secondFactorRequired }
    let role = try SessionRole(results[3].only)
    let granted = try await grant(row, as: role.role, to: device.id, session, services, context)
    return Reply(
      200, json: role.noted(in: granted).noting(try device.notices(results)),
      headers: try limits.login.headers(results[0]))
  }
}

extension Database {
  /// A pipeline that a network's own limit opens. What any other limit refuses takes the pipeline back, and with it what the
  /// network was charged: it is charged again, alone. So nobody tries for nothing, and the price is a round trip of a call
  /// that failed.
  func pipeline(
    charging own: (limit: RateLimit, subject: String), _ statements: [SQL], _ context: Context
  ) throws(PostgresError) -> [ResultSet] {
    let charge = own.limit.admit(own.subject)
    do throws(PostgresError) {
      return try pipeline([charge] + statements, context)
    } catch {
      if error.sqlState == "BM429", !own.limit.isNamed(in: error.constraint) { _ = try pipeline([charge], context) }
      throw error
    }
  }
}

extension AuthEndpoint {
  /// The log knows why, and of whom it tells nothing.
  private func refusal(_ reason: String, _ context: Context) -> Problem {
    context.log(.warning, "sign-in refused", ["reason": .string(reason)])
    return .wrongCredentials
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
