import Postgres
import Testing

/// What each role may do: the whole table, so that a right too many fails as much as one too few.
@Suite struct GrantTests {
  @Test func `the functions' roles have exactly these rights on tables`() throws {
    let found = try Database.texts(
      """
      SELECT table_schema || '.' || table_name || ' ' || grantee || ' '
        || string_agg(privilege_type, ',' ORDER BY privilege_type) AS value
      FROM information_schema.role_table_grants
      WHERE table_schema IN ('breath', 'breath_meta') AND grantee NOT IN ('breath_owner', 'breath_dump', 'postgres')
      GROUP BY table_schema, table_name, grantee
      """)
    let expected = """
      breath.account_keys breath_auth INSERT,SELECT
      breath.account_keys breath_maintenance SELECT
      breath.accounts breath_auth INSERT,SELECT,UPDATE
      breath.accounts breath_maintenance DELETE
      breath.accounts breath_merge SELECT,UPDATE
      breath.accounts breath_stats SELECT
      breath.accounts breath_sync SELECT,UPDATE
      breath.admins breath_auth SELECT
      breath.admins breath_maintenance SELECT
      breath.api_keys breath_auth INSERT,SELECT
      breath.api_keys breath_stats SELECT
      breath.api_keys breath_sync SELECT
      breath.challenge_claims breath_merge DELETE,INSERT,SELECT,UPDATE
      breath.challenge_claims breath_stats INSERT,SELECT
      breath.consents breath_auth SELECT
      breath.consents breath_maintenance DELETE,SELECT
      breath.consents breath_merge INSERT,SELECT,UPDATE
      breath.consents breath_sync INSERT,SELECT
      breath.day_totals breath_maintenance DELETE
      breath.day_totals breath_merge DELETE,INSERT,SELECT,UPDATE
      breath.day_totals breath_stats SELECT
      breath.day_totals breath_sync INSERT,SELECT,UPDATE
      breath.device_credentials breath_auth INSERT,SELECT
      breath.device_credentials breath_merge SELECT,UPDATE
      breath.device_grants breath_auth INSERT,SELECT,UPDATE
      breath.device_grants breath_maintenance DELETE,SELECT
      breath.devices breath_auth INSERT,SELECT,UPDATE
      breath.devices breath_merge DELETE,INSERT,SELECT,UPDATE
      breath.devices breath_stats SELECT
      breath.devices breath_sync INSERT,SELECT,UPDATE
      breath.email_claims breath_auth DELETE,INSERT,SELECT,UPDATE
      breath.email_claims breath_maintenance DELETE,SELECT
      breath.folded_days breath_merge DELETE,INSERT,SELECT,UPDATE
      breath.folded_days breath_sync DELETE,INSERT,SELECT,UPDATE
      breath.erased breath_auth SELECT
      breath.erased breath_maintenance INSERT,SELECT
      breath.erased breath_stats SELECT
      breath.erased breath_sync SELECT
      breath.identities breath_auth INSERT,SELECT
      breath.incarnations breath_stats SELECT
      breath.incarnations breath_sync SELECT
      breath.login_addresses breath_auth INSERT,SELECT
      breath.login_attempts breath_auth DELETE,INSERT,SELECT,UPDATE
      breath.login_attempts breath_maintenance DELETE,SELECT
      breath.logins breath_auth INSERT,SELECT,UPDATE
      breath.outbox breath_auth INSERT
      breath.outbox breath_maintenance DELETE,INSERT,SELECT,UPDATE
      breath.pairing_codes breath_auth DELETE,INSERT,SELECT,UPDATE
      breath.pairing_codes breath_maintenance DELETE,SELECT
      breath.password_resets breath_auth DELETE,INSERT,SELECT,UPDATE
      breath.password_resets breath_maintenance DELETE,SELECT
      breath.plans breath_merge SELECT
      breath.plans breath_stats INSERT,SELECT,UPDATE
      breath.plans breath_sync SELECT
      breath.push_ledger breath_auth INSERT
      breath.merges breath_auth SELECT
      breath.merges breath_merge INSERT,SELECT,UPDATE
      breath.pairing_codes breath_merge SELECT,UPDATE
      breath.push_ledger breath_maintenance DELETE,SELECT
      breath.push_ledger breath_merge SELECT,UPDATE
      breath.push_ledger breath_sync INSERT,SELECT
      breath.rate_limits breath_admin INSERT,SELECT,UPDATE
      breath.rate_limits breath_auth INSERT,SELECT,UPDATE
      breath.rate_limits breath_maintenance DELETE,SELECT
      breath.rate_limits breath_stats INSERT,SELECT,UPDATE
      breath.rate_limits breath_sync INSERT,SELECT,UPDATE
      breath.recovery_codes breath_auth DELETE,INSERT,SELECT,UPDATE
      breath.refresh_sessions breath_auth INSERT,SELECT,UPDATE
      breath.refresh_sessions breath_maintenance DELETE,SELECT
      breath.refresh_sessions breath_merge SELECT,UPDATE
      breath.second_factors breath_auth DELETE,INSERT,SELECT,UPDATE
      breath.sessions breath_maintenance DELETE
      breath.sessions breath_merge DELETE,INSERT,SELECT,UPDATE
      breath.sessions breath_stats SELECT
      breath.sessions breath_sync DELETE,INSERT,SELECT,UPDATE
      breath.settings breath_maintenance DELETE
      breath.shares breath_merge SELECT,UPDATE
      breath.shares breath_stats DELETE,INSERT,SELECT
      breath.settings breath_merge DELETE,INSERT,SELECT,UPDATE
      breath.settings breath_sync INSERT,SELECT,UPDATE
      breath.sign_ins breath_auth DELETE,INSERT,SELECT
      breath.sign_ins breath_maintenance DELETE,SELECT
      breath.tombstones breath_maintenance DELETE
      breath.tombstones breath_merge DELETE,INSERT,SELECT,UPDATE
      breath.tombstones breath_sync INSERT,SELECT,UPDATE
      breath.time_zone_aliases breath_auth SELECT
      breath.time_zone_aliases breath_merge SELECT
      breath.time_zone_aliases breath_stats SELECT
      breath.time_zone_aliases breath_sync SELECT
      breath.wrong_codes breath_auth INSERT,SELECT,UPDATE
      breath.wrong_codes breath_maintenance DELETE,SELECT
      breath.tenants breath_auth SELECT
      breath_meta.definition_sets breath_admin SELECT
      breath_meta.migrations breath_admin SELECT
      """
    let lines = Set(expected.split(separator: "\n").map(String.init))
    #expect(Set(found).subtracting(lines) == [], "too many")
    #expect(lines.subtracting(found) == [], "too few")
  }

  /// Asked of the server, role by role and right by right: what was granted to PUBLIC or by membership counts too.
  @Test(arguments: ["breath_sync", "breath_stats", "breath_auth", "breath_admin"])
  func `no role has a right that is not granted to itself`(role: String) throws {
    let found = try Database.texts(
      """
      SELECT c.oid::regclass || ' ' || p AS value
      FROM pg_class c, unnest(ARRAY[
        'SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER']) p
      WHERE c.relnamespace IN ('breath'::regnamespace, 'breath_meta'::regnamespace) AND c.relkind IN ('r', 'p', 'v', 'm')
        AND has_table_privilege(\(role), c.oid, p)
        AND NOT EXISTS (
          SELECT FROM aclexplode(c.relacl) a
          WHERE a.grantee = \(role)::regrole AND a.privilege_type = p)
      """)
    #expect(found == [])
  }

  @Test func `the owner owns all tables and never logs in, and no role of ours is above the rules`() throws {
    let owners = try Database.texts(
      """
      SELECT DISTINCT relowner::regrole::text AS value FROM pg_class
      WHERE relnamespace = 'breath'::regnamespace AND relkind IN ('r', 'p')
      """)
    #expect(owners == ["breath_owner"])
    let powerful = try Database.texts(
      """
      SELECT rolname AS value FROM pg_roles
      WHERE rolname LIKE 'breath\\_%' AND (rolsuper OR rolbypassrls OR rolcreatedb OR rolcreaterole OR rolreplication)
      """)
    #expect(powerful == [])
    let logins = try Database.texts(
      "SELECT rolname AS value FROM pg_roles WHERE rolname LIKE 'breath\\_%' AND rolcanlogin ORDER BY 1")
    #expect(logins == ["breath_admin", "breath_auth", "breath_stats", "breath_sync"])
    let memberships = try Database.texts(
      "SELECT member::regrole::text AS value FROM pg_auth_members WHERE member::regrole::text LIKE 'breath\\_%'")
    #expect(memberships == [], "a membership would lend the rights of another role")
  }

  @Test func `no role may make anything in our schemas`() throws {
    let found = try Database.texts(
      """
      SELECT r.rolname || ' ' || n.nspname AS value FROM pg_roles r, pg_namespace n
      WHERE r.rolname IN ('breath_sync', 'breath_stats', 'breath_auth', 'breath_admin')
        AND n.nspname IN ('breath', 'breath_meta') AND has_schema_privilege(r.rolname, n.oid, 'CREATE')
      """)
    #expect(found == [])
  }

  @Test func `no function in the schema can be called by everybody, and one with its owner's rights fixes its path`()
    throws
  {
    let open = try Database.texts(
      """
      SELECT oid::regprocedure::text AS value FROM pg_proc
      WHERE pronamespace = 'breath'::regnamespace
        AND (proacl IS NULL OR EXISTS (SELECT FROM aclexplode(proacl) WHERE grantee = 0))
      """)
    #expect(open == [])
    let loose = try Database.texts(
      """
      SELECT oid::regprocedure::text AS value FROM pg_proc
      WHERE pronamespace = 'breath'::regnamespace AND prosecdef
        AND NOT EXISTS (SELECT FROM unnest(proconfig) c WHERE c LIKE 'search_path=%')
      """)
    #expect(loose == [])
  }

  @Test(
    arguments: [
      ("sync", "DELETE FROM breath.accounts"), ("sync", "SELECT FROM breath.device_credentials"),
      ("sync", "SELECT FROM breath.refresh_sessions"), ("sync", "TRUNCATE breath.sessions"),
      ("stats", "UPDATE breath.sessions SET xp = 0"), ("stats", "UPDATE breath.accounts SET detail = 'sessions'"),
      ("sync", "SELECT FROM breath.logins"), ("sync", "SELECT FROM breath.account_keys"),
      ("stats", "SELECT FROM breath.login_addresses"), ("auth", "SELECT FROM breath.outbox"),
      ("admin", "SELECT FROM breath.logins"), ("auth", "DELETE FROM breath.accounts"),
      ("auth", "SELECT FROM breath.sessions"), ("auth", "SELECT FROM breath.day_totals"),
      ("admin", "SELECT FROM breath.accounts"), ("admin", "SELECT FROM breath.sessions"),
      ("admin", "SELECT FROM breath.devices"), ("admin", "SELECT FROM breath.admins"),
      ("auth", "INSERT INTO breath.admins (account_id) VALUES (gen_random_uuid())"),
      ("auth", "SELECT breath.add_admin(gen_random_uuid())"), ("admin", "SELECT breath.add_admin(gen_random_uuid())"),
    ] as [(String, SQL)])
  func `what a role may not do is refused`(role: String, statement: SQL) throws {
    let connection = try Database.connect(role)
    let error = #expect(throws: PostgresError.self) { try connection.rows(statement) }
    #expect(error?.sqlState == "42501")
  }
}
