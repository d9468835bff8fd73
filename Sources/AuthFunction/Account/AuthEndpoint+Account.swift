import Backend
import BreathDomain
import FoundationEssentials
import FunctionRuntime
import Outbox
import Postgres
import StrictJSON

/// `/v1/auth/account`: what is kept about a person, what of it can be changed, and the way to have all of it erased.
extension AuthEndpoint {
  func showAccount(_ signedIn: SignedIn) async throws -> Reply {
    Reply(200, json: try signedIn.read(AuthEndpoint.account(of: signedIn.caller)))
  }

  /// `PATCH` `{"timeZone", "dayStart", "alias"}`: what is absent stays, `null` takes an alias or a zone away.
  func changeAccount(_ signedIn: SignedIn) async throws -> Reply {
    let changes = try AccountChanges(try signedIn.request.object(of: AccountChanges.members))
    let (isChanged, account) = try signedIn.write(
      AuthEndpoint.change(changes, of: signedIn.caller), AuthEndpoint.account(of: signedIn.caller))
    guard isChanged else {
      throw Problem.invalidContent([
        .init(
          pointer: "/timeZone", code: "unknown_time_zone",
          detail: "must be a name like Europe/Berlin, or an offset like +05:30")
      ])
    }
    return Reply(200, json: account)
  }

  /// `DELETE` `{"password"}`, or `{"secret"}` while there is no password: erases everything in one transaction.
  ///
  /// Two pipelines: the proof comes before anything is erased. A second pipeline that finds the account gone has lost its own
  /// answer, or came second of two: the receipt is as true.
  func eraseAccount(_ signedIn: SignedIn) async throws -> Reply {
    let (request, caller) = (signedIn.request, signedIn.caller)
    let vault = try vault(signedIn.services)
    let proof = try Proof(try request.object(of: ["/password", "/secret"]))
    let hashing = proof.isPassword ? HashingLimits(signedIn.limits, request, caller) : .none
    let (_, comparison) = try signedIn.write(
      signedIn.limits.admitProof(request, caller), Proof.begin(caller, vault, hashing))
    _ = try proof.check(comparison, vault, hashing, signedIn.call)
    do {
      try signedIn.write(AuthEndpoint.erasure(of: caller, vault))
    } catch let error as PostgresError {
      guard error.sqlState == "BM410" else { throw error }
    }
    let receipt = try await issuer(signedIn.services).receipt(for: caller.account, now: signedIn.context.now)
    return Reply(200, json: ["erased": true, "receipt": .string(receipt)])
  }

  /// With what is counted about the account and its address, which no key leads to.
  private static func erasure(of caller: Caller, _ vault: Vault) -> Pipeline<Void> {
    let counts = Pipeline(
      """
      DELETE FROM breath.login_attempts
      WHERE subject = \(vault.subject(provingFor: caller.account))
        OR subject IN (SELECT breath.code_subject(\(caller.account.uuid), k) FROM unnest(ARRAY['totp', 'recovery']) k)
        OR subject IN (SELECT email_index FROM breath.login_addresses WHERE account_id = \(caller.account.uuid))
      """)
    return Pipeline(joining: counts, Pipeline("SELECT breath.erase_account(\(caller.account.uuid))")).map { _ in }
  }

  /// Answers whether anything was changed: nothing is where a time zone means nothing.
  private static func change(_ changes: AccountChanges, of caller: Caller) -> Pipeline<Bool> {
    let zone = changes.timeZone?.known ?? "NULL"
    return Pipeline(
      """
      UPDATE breath.accounts SET
        time_zone = CASE WHEN \(changes.setsTimeZone) THEN \(zone) ELSE time_zone END,
        day_start_minutes = coalesce(\(changes.dayStartMinutes), day_start_minutes),
        alias = CASE WHEN \(changes.setsAlias) THEN \(changes.alias) ELSE alias END
      WHERE account_id = \(caller.account.uuid) AND (\(changes.timeZone == nil) OR \(zone) IS NOT NULL)
      """, rows: { rows in rows.affected > 0 })
  }

  private static func account(of caller: Caller) -> Pipeline<JSON> {
    Pipeline(
      """
      SELECT a.created_at, a.detail, a.social, a.day_start_minutes, breath.shown_zone(a.time_zone) AS time_zone, a.alias,
        EXISTS (SELECT FROM breath.logins l WHERE l.account_id = a.account_id) AS has_login,
        EXISTS (SELECT FROM breath.second_factors f
          WHERE f.account_id = a.account_id AND f.confirmed_at IS NOT NULL) AS has_second_factor,
        (SELECT count(*) FROM breath.devices d
          WHERE d.account_id = a.account_id AND d.revoked_at IS NULL) AS devices,
        (SELECT count(*) FROM breath.recovery_codes c
          WHERE c.account_id = a.account_id AND c.used_at IS NULL) AS recovery_codes
      FROM breath.accounts a
      WHERE a.account_id = \(caller.account.uuid)
      """, row: { row in try JSON(account: row, of: caller) })
  }
}

extension JSON {
  /// The address is not among it: it is for mails, and nobody needs to read it here.
  fileprivate init(account row: Row, of caller: Caller) throws(PostgresError) {
    let hasLogin: Bool = try row["has_login"]
    let created: Date = try row["created_at"]
    let dayStart: Int16 = try row["day_start_minutes"]
    let (timeZone, alias): (String?, String?) = (try row["time_zone"], try row["alias"])
    self = [
      "account": .string(caller.account.uuid.lowercased), "createdAt": JSON(created),
      "hasEmail": .bool(hasLogin), "hasPassword": .bool(hasLogin),
      "hasSecondFactor": .bool(try row["has_second_factor"]),
      "alias": JSON(alias.flatMap { Name(cleaning: $0)?.text }), "timeZone": JSON(timeZone),
      "dayStart": .string(DayStart(minutes: dayStart).text), "detail": .string(try row["detail"]),
      "social": .bool(try row["social"]),
      "devices": .integer(try row["devices"]), "recoveryCodesLeft": .integer(try row["recovery_codes"]),
    ]
  }
}
