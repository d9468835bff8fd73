import Foundation
import Postgres
import StrictJSON
import TestSupport

/// The built executables and a database of theirs: what histories are played on that are not played on the model.
package struct Stage: Sendable {
  /// How the functions are run, and what may happen to them.
  package enum Level: String, Sendable, CaseIterable {
    /// Piped processes, several at a time, so that their transactions overlap.
    case database
    /// As the platform runs them, killed at any instant, and with a bad wire to the database.
    case processes
  }

  package let level: Level
  private let database: String?

  /// - Parameter database: by name; nil for the one that the tests were given.
  package init(_ level: Level, database: String? = nil) {
    self.level = level
    self.database = database
  }

  func connect() throws -> Connection { try connect(url(TestEnvironment.value("BREATH_TEST_DATABASE_URL"))) }

  private func connect(_ url: String) throws -> Connection {
    try Connection(PostgresConfiguration(url: url, applicationName: "breath-torture", connectTimeout: .seconds(30)))
  }

  private func url(_ text: String) -> String {
    guard let database else { return text }
    return text.replacing("/breath?", with: "/\(database)?", maxReplacements: 1)
  }

  /// - Parameter port: of a wire on this machine that leads to the database; nil for the way the tests were given.
  func start(_ function: String, port: UInt16? = nil) throws -> Executable {
    var url = url(try TestEnvironment.value("DATABASE_URL_\(function.uppercased())"))
    if let port { url += "&host=127.0.0.1&port=\(port)&sslmode=disable" }
    var environment = [
      "DATABASE_URL": url, "BREATH_JWKS": try TestEnvironment.value("BREATH_JWKS"),
      "DATABASE_POOLER": port == nil ? try TestEnvironment.value("DATABASE_POOLER") : "none",
      "BREATH_RATE_LIMIT_FACTOR": "100000",
    ]
    if function == "auth" {
      for key in ["BREATH_SIGNING_KEY", "BREATH_REFRESH_KEY", "BREATH_DATA_KEY"] {
        environment[key] = try TestEnvironment.value(key)
      }
    }
    let isWarm = level == .processes && function == "sync"
    return try Executable(
      TestEnvironment.value("BREATH_TEST_BIN") + "/" + function, environment, mode: isWarm ? .actionLoop : .piped)
  }

  var port: UInt16 {
    get throws {
      let setting: String = try connect().rows("SELECT current_setting('port') AS value").first!["value"]
      return UInt16(setting)!
    }
  }

  /// What histories need of the database, once.
  private func prepare() throws { try connect().run(Stage.backups) }
}

// MARK: - Databases to damage

extension Stage {
  /// A migrated database of its own, in which an error is planted.
  package static func planting(_ bug: DatabaseBug) throws -> Stage {
    let stage = try making(.database, "torture_\(bug.rawValue.lowercased())")
    try stage.connect().run(PostgresScript(trustedText: bug.sql))
    return stage
  }

  /// A migrated database of its own, with nothing wrong in it: a backup that is restored begins a new life for all
  /// accounts of a database, also for those of tests that run beside.
  package static func making(_ level: Level, _ name: String) throws -> Stage {
    let server = try Stage(level).connect()
    try server.run(PostgresScript(trustedText: "DROP DATABASE IF EXISTS \(name) WITH (FORCE)"))
    try server.run(PostgresScript(trustedText: "CREATE DATABASE \(name)"))
    let stage = Stage(level, database: name)
    let migrate = try Command(
      TestEnvironment.value("BREATH_TEST_BIN") + "/breath", ["migrate"],
      environment: [
        "MIGRATE_DATABASE_URL": stage.url(try TestEnvironment.value("BREATH_TEST_DATABASE_URL")),
        "PATH": "/usr/bin:/bin",
      ])
    guard migrate.status == 0 else { throw Missing(what: "breath migrate on \(name)") }
    try stage.prepare()
    return stage
  }

  /// As many of them, for workers that must not meet.
  package static func making(_ level: Level, _ name: String, count: Int) throws -> [Stage] {
    try (1...count).map { try making(level, "\(name)_\($0)") }
  }

  package func drop() throws {
    guard let database else { return }
    try Stage(level).connect().run(PostgresScript(trustedText: "DROP DATABASE \(database) WITH (FORCE)"))
  }

  struct Missing: Error { let what: String }
}

// MARK: - Backups

extension Stage {
  /// A backup of one account: all its rows, in whatever tables there are, and the way back. STABLE, so that all tables
  /// are read in one snapshot, as pg_dump does: the session of a process that was killed may commit meanwhile.
  private static let backups = PostgresScript(
    trustedText: """
      DROP SCHEMA IF EXISTS torture CASCADE;
      CREATE SCHEMA torture;
      CREATE FUNCTION torture.tables() RETURNS SETOF text LANGUAGE sql AS $$
        SELECT c.table_name::text FROM information_schema.columns c
        JOIN information_schema.tables t USING (table_schema, table_name)
        WHERE c.table_schema = 'breath' AND c.column_name = 'account_id' AND t.table_type = 'BASE TABLE'
        ORDER BY 1
      $$;
      CREATE FUNCTION torture.save(p_account uuid) RETURNS text LANGUAGE plpgsql STABLE AS $$
      DECLARE
        saved jsonb := '{}';
        name text;
        found jsonb;
      BEGIN
        FOR name IN SELECT torture.tables() LOOP
          EXECUTE format('SELECT coalesce(jsonb_agg(to_jsonb(r)), ''[]'') FROM breath.%I r WHERE account_id = $1', name)
          INTO found USING p_account;
          saved := saved || jsonb_build_object(name, found);
        END LOOP;
        RETURN saved;
      END
      $$;
      CREATE FUNCTION torture.restore(p_account uuid, p_saved text) RETURNS void LANGUAGE plpgsql
      SET session_replication_role = replica AS $$
      DECLARE
        name text;
        columns text;
      BEGIN
        PERFORM FROM breath.accounts WHERE account_id = p_account FOR UPDATE;
        FOR name IN SELECT torture.tables() LOOP
          SELECT string_agg(quote_ident(column_name), ', ') INTO columns FROM information_schema.columns
          WHERE table_schema = 'breath' AND table_name = name AND is_generated = 'NEVER';
          EXECUTE format('DELETE FROM breath.%I WHERE account_id = $1', name) USING p_account;
          EXECUTE format(
            'INSERT INTO breath.%1$I (%2$s) OVERRIDING SYSTEM VALUE
             SELECT %2$s FROM jsonb_populate_recordset(NULL::breath.%1$I, $1)', name, columns)
          USING p_saved::jsonb -> name;
        END LOOP;
      END
      $$
      """)
}
