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

  /// Two flights: what the password is compared with is asked for before, and the attempt counted; the device joins after.
  private func login(
    _ login: LoginRequest, _ index: [UInt8], password: String, _ code: SecondFactor.Code?, _ request: Request,
    _ services: Services, _ context: Context
  ) async throws -> Reply {
    let vault = try vault(services)
    let limits = services.configuration.limits
    let found = try services.database.flight(
      [
        limits.login.admit(request.network), limits.loginToAddress.admit(Base64URL.encode(index)),
        limits.hashing.admit("all"), "SELECT account, password_hash, is_locked FROM breath.begin_login(\(index))",
        SecondFactor.find("(SELECT account_id FROM breath.login_addresses WHERE email_index = \(index))"),
      ], context)
    let row = try found[3].only
    let stored: String? = try row["password_hash"]
    let hash = stored.flatMap(PasswordHash.init)
    let isRight = try (hash ?? .ofNobody).matches(password, vault)
    let isLocked: Bool = try row["is_locked"]
    guard isRight, let hash, let account: UUID = try row["account"], !isLocked else {
      throw refusal(hash == nil ? "unknown" : isLocked ? "locked" : "wrong", context)
    }
    // What is missing is said, for the password was right; the attempt stays counted, or asking without a code would reset
    // the count of who guesses codes.
    let use = try SecondFactor.check(
      SecondFactor(found[4], vault), code, by: login.device.id.uuid, at: context.now, missing: .secondFactorRequired,
      wrong: refusal("second factor", context))

    let session = UUID()
    let stronger = hash.isWeak ? try PasswordHash(of: password, vault).text : nil
    let device = login.device
    let joined = try services.database.flight(
      [
        """
        SELECT tenant, generation FROM breath.complete_login(
          \(account), \(index), \(hash.text), \(stronger), \(device.id.uuid), \(device.secretHash), \(device.name),
          \(device.timeZone), \(session), \(use.sealed), \(use.step), \(use.codeHash))
        """, SessionRole.begin(session), device.question,
      ], context)
    guard let _: UUID = try joined[0].only["tenant"] else { throw refusal("changed or used meanwhile", context) }
    let role = try SessionRole(joined[1].only)
    let granted = try await grant(
      account: account, joined[0].only, as: role.role, to: device.id, session, services, context)
    return Reply(
      200, json: role.noted(in: granted).noting(try device.notices(joined)), headers: try limits.login.headers(found[0])
    )
  }

  private func login(
    _ login: LoginRequest, _ index: [UInt8], _ code: RecoveryCode, _ request: Request, _ services: Services,
    _ context: Context
  ) async throws -> Reply {
    let limits = services.configuration.limits
    let (session, device) = (UUID(), login.device)
    let results = try services.database.flight(
      [
        limits.login.admit(request.network), limits.loginToAddress.admit(Base64URL.encode(index)),
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
