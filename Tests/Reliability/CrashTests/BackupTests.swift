import Foundation
import ServerFaults
import TestSupport
import Testing

/// `breath dump` and `breath load`, by an administrator who is no superuser, as a managed service's is.
@Suite struct BackupTests {
  /// Forced row-level security binds this administrator, so pg_dump by itself refuses, or leaves rows out.
  @Test func `a dump of a managed administrator has every row of every table, and restores to the same`() throws {
    let cluster = try Cluster(migrated: false)
    try cluster.manage()
    try cluster.breathAsManager("migrate")
    try cluster.breathAsManager("roles")
    try fillEveryTable(of: cluster)
    let before = try cluster.contents()
    #expect(before.count > 20)
    for table in before { #expect(table.split(separator: "|")[1] != "0", "\(table): an empty table proves nothing") }

    let file = "\(cluster.folder)/breath.dump"
    try cluster.breathAsManager("dump", "--output", file)
    let attributes = try FileManager.default.attributesOfItem(atPath: file)
    #expect(attributes[.posixPermissions] as? Int == 0o600)
    #expect(throws: Command.Failed.self) { try cluster.breathAsManager("dump", "--output", file) }

    let restored = try Cluster(migrated: false)
    try restored.manage()
    try restored.breathAsManager("load", file)
    #expect(try restored.contents() == before)
    // By schema and not by database: their settings and the roles' belong to the cluster.
    #expect(try restored.schema() == cluster.schema())
    #expect(try restored.breathAsManager("migrate").contains("up to date"))
    try restored.breathAsManager("roles")
    #expect(throws: Command.Failed.self, "it is not empty any more") { try restored.breathAsManager("load", file) }
  }

  @Test func `a login of its own may dump all of it and change nothing`() throws {
    let cluster = try Cluster(migrated: false)
    try cluster.manage()
    try cluster.breathAsManager("migrate")
    let url = cluster.manager.replacing(/\/\/manager:[^@]*@/, with: "//breath_dump:only-for-the-backup@")
    try cluster.breathAsManager("roles", environment: ["DATABASE_URL_DUMP": url])
    let file = "\(cluster.folder)/breath.dump"
    try cluster.breathAsManager(
      "dump", "--output", file, environment: ["DATABASE_URL_DUMP": url, "MIGRATE_DATABASE_URL": ""])
    let rights = try cluster.sql(
      """
      SELECT c.oid::regclass || ' ' || p FROM pg_class c, unnest(ARRAY[
        'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER']) p
      WHERE c.relnamespace IN ('breath'::regnamespace, 'breath_meta'::regnamespace) AND c.relkind IN ('r', 'p')
        AND has_table_privilege('breath_dump', c.oid, p)
      UNION ALL
      SELECT p.oid::regprocedure::text FROM pg_proc p
      WHERE p.pronamespace = 'breath'::regnamespace AND has_function_privilege('breath_dump', p.oid, 'EXECUTE')
      UNION ALL
      SELECT n || ' CREATE' FROM unnest(ARRAY['breath', 'breath_meta']) n WHERE has_schema_privilege('breath_dump', n, 'CREATE')
      """)
    #expect(rights == [])
  }

  /// A migration that forgot the dump would else be noticed by whoever restores.
  @Test(arguments: [
    "DROP POLICY logins_of_dump ON breath.logins", "REVOKE SELECT ON breath.logins FROM breath_dump",
    "CREATE POLICY few ON breath.logins AS RESTRICTIVE USING (false)",
    "ALTER POLICY logins_of_dump ON breath.logins USING (email IS NOT NULL)",
  ])
  func `a table that the dump would not have whole stops it, by name`(fault: String) throws {
    let cluster = try Cluster()
    try cluster.sql(fault)
    let file = "\(cluster.folder)/breath.dump"
    let error = #expect(throws: Command.Failed.self) { try cluster.breath("dump", "--output", file) }
    #expect(error?.description.contains("breath.logins") == true, "\(error?.description ?? "")")
    #expect(!FileManager.default.fileExists(atPath: file))
  }

  /// A row in each table, of whatever its columns take. Rules that would refuse such a row are dropped first: the dump has to
  /// carry rows, whatever they mean.
  private func fillEveryTable(of cluster: Cluster) throws {
    try cluster.sql(
      """
      DO $$
      DECLARE
        table_id regclass;
        rule name;
        row_values jsonb;
        columns text;
      BEGIN
        FOR table_id, rule IN
          SELECT conrelid, conname FROM pg_constraint
          WHERE connamespace = 'breath'::regnamespace AND contype IN ('c', 'f')
        LOOP
          EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', table_id, rule);
        END LOOP;
        FOR table_id IN
          SELECT oid FROM pg_class WHERE relnamespace = 'breath'::regnamespace AND relkind IN ('r', 'p')
        LOOP
          SELECT jsonb_object_agg(attname, CASE
              WHEN typcategory = 'A' THEN '[]'::jsonb
              WHEN typtype = 'm' THEN '"{}"'::jsonb
              WHEN typtype = 'r' THEN '"empty"'::jsonb
              WHEN typname = 'uuid' THEN to_jsonb(gen_random_uuid())
              WHEN typname = 'bytea' THEN to_jsonb('\\x01'::text)
              WHEN typname IN ('json', 'jsonb') THEN '{}'::jsonb
              WHEN typcategory = 'N' THEN '1'::jsonb
              WHEN typcategory = 'B' THEN 'true'::jsonb
              WHEN typcategory = 'D' THEN to_jsonb(now())
              ELSE '"x"'::jsonb END), string_agg(quote_ident(attname), ', ')
            INTO row_values, columns
            FROM pg_attribute JOIN pg_type ON pg_type.oid = atttypid
            WHERE attrelid = table_id AND attnum > 0 AND NOT attisdropped AND attgenerated = '';
          EXECUTE format(
            'INSERT INTO %1$s (%2$s) OVERRIDING SYSTEM VALUE SELECT %2$s FROM jsonb_populate_record(NULL::%1$s, $1)',
            table_id, columns) USING row_values;
        END LOOP;
      END
      $$
      """)
  }
}
