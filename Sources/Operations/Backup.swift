package import Postgres

/// What `breath dump` and `breath load` ask of the database; pg_dump and pg_restore do the rest.
package struct Backup {
  private let connection: Connection
  private let url: String
  private let caCertificate: String?

  /// - Parameter url: for a dump of a member of `breath_dump`, or that role itself; for a restore the administrator's.
  package init(url: String, caCertificate: String?) throws(PostgresError) {
    self.url = url
    self.caCertificate = caCertificate
    connection = try Connection(
      PostgresConfiguration(
        url: url, caCertificate: caCertificate, applicationName: "breath-backup", connectTimeout: .seconds(10)))
  }

  /// What of our schemas the dumping role would not read whole: tables that it may not read, that have row-level security
  /// without a policy that shows it everything, or with one that restricts it.
  package func unreadable() throws(PostgresError) -> [String] {
    try connection.rows(
      """
      SELECT c.oid::regclass::text AS name FROM pg_catalog.pg_class c
      WHERE c.relnamespace::regnamespace::text IN ('breath', 'breath_meta') AND c.relkind IN ('r', 'p', 'S', 'm')
        AND (
          NOT CASE c.relkind WHEN 'S' THEN has_sequence_privilege('breath_dump', c.oid, 'SELECT')
            ELSE has_table_privilege('breath_dump', c.oid, 'SELECT') END
          OR c.relrowsecurity AND NOT EXISTS (
            SELECT FROM pg_catalog.pg_policy p
            WHERE p.polrelid = c.oid AND p.polpermissive AND p.polcmd IN ('r', '*')
              AND 'breath_dump'::regrole = ANY (p.polroles) AND pg_get_expr(p.polqual, p.polrelid) = 'true')
          OR EXISTS (
            SELECT FROM pg_catalog.pg_policy p
            WHERE p.polrelid = c.oid AND NOT p.polpermissive AND p.polcmd IN ('r', '*')
              AND p.polroles && ARRAY[0::oid, 'breath_dump'::regrole]))
      ORDER BY 1
      """
    ).map { row throws(PostgresError) in try row["name"] }
  }

  /// Whether there is a schema of ours already.
  package func isEmpty() throws -> Bool {
    let isEmpty = try connection.run(
      Pipeline<Bool>(
        "SELECT to_regnamespace('breath') IS NULL AND to_regnamespace('breath_meta') IS NULL AS empty",
        value: "empty"))
    return isEmpty
  }

  /// Makes an empty database ready for a dump: the roles, which belong to the cluster and not to the dump, by running
  /// `Migrator` and dropping what else they made; and two empty schemas in which the functions' owners may create, for only
  /// then a role that is no superuser can hand functions over to them.
  package func prepare(_ files: SchemaFiles) throws {
    _ = try Migrator(url: url, caCertificate: caCertificate, files: files).run()
    try connection.run(
      PostgresScript(
        trustedText: """
          BEGIN;
          DROP SCHEMA breath, breath_meta CASCADE;
          CREATE SCHEMA breath AUTHORIZATION breath_owner;
          CREATE SCHEMA breath_meta;
          \(Backup.eachRole("GRANT CREATE ON SCHEMA breath TO"))
          COMMIT;
          """))
  }

  /// Takes back what `prepare` granted.
  package func finish() throws(PostgresError) {
    try connection.run(
      PostgresScript(trustedText: "BEGIN; \(Backup.eachRole("REVOKE CREATE ON SCHEMA breath FROM")) COMMIT;"))
  }

  private static func eachRole(_ statement: StaticString) -> String {
    """
    SET LOCAL ROLE breath_owner;
    DO $$
    DECLARE
      role_name name;
    BEGIN
      FOR role_name IN
        SELECT rolname FROM pg_catalog.pg_roles
        WHERE rolname LIKE 'breath\\_%' AND rolname <> 'breath_owner' AND NOT rolcanlogin
      LOOP
        EXECUTE format('\(statement) %I', role_name);
      END LOOP;
    END
    $$;
    """
  }

  /// The same connection for PostgreSQL's own programs, by the variables that they read: in their arguments everybody
  /// would see the password.
  /// - Parameter caPath: the file of `DATABASE_CA_CERT`.
  package static func environment(url: String, caPath: String?) throws(PostgresError) -> [String: String] {
    let options = try ConnectOptions(PostgresConfiguration(url: url, applicationName: "breath-backup"), caPath: caPath)
    let names = [
      "host": "PGHOST", "hostaddr": "PGHOSTADDR", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD",
      "dbname": "PGDATABASE", "sslmode": "PGSSLMODE", "sslrootcert": "PGSSLROOTCERT",
      "ssl_min_protocol_version": "PGSSLMINPROTOCOLVERSION", "application_name": "PGAPPNAME",
      "gssencmode": "PGGSSENCMODE",
      "target_session_attrs": "PGTARGETSESSIONATTRS",
    ]
    return Dictionary(
      uniqueKeysWithValues: names.compactMap { option, name in options.values[option].map { (name, $0) } })
  }
}
