-- Who makes backups. Forced row-level security binds every role but a superuser's, a managed service's administrator too:
-- pg_dump then refuses, or, told to go on, leaves out what no policy shows. This role may read all and do nothing else. It
-- logs in only when `breath roles` is given a password for it; `breath dump` uses it (docs/decisions/0037).
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'breath_dump') THEN
    CREATE ROLE breath_dump NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS;
  END IF;
  IF NOT pg_catalog.pg_has_role(current_user, 'breath_dump', 'MEMBER') THEN
    EXECUTE format('GRANT breath_dump TO %I', current_user);
  END IF;
END
$$;
GRANT USAGE ON SCHEMA breath, breath_meta TO breath_dump;
GRANT SELECT ON ALL TABLES IN SCHEMA breath_meta TO breath_dump;

SET LOCAL ROLE breath_owner;
GRANT SELECT ON ALL TABLES IN SCHEMA breath TO breath_dump;
GRANT SELECT ON ALL SEQUENCES IN SCHEMA breath TO breath_dump;
-- What later migrations make, too; a policy each table needs itself, and `breath dump` refuses when one is missing.
ALTER DEFAULT PRIVILEGES IN SCHEMA breath GRANT SELECT ON TABLES TO breath_dump;
ALTER DEFAULT PRIVILEGES IN SCHEMA breath GRANT SELECT ON SEQUENCES TO breath_dump;
DO $$
DECLARE
  table_name name;
BEGIN
  FOR table_name IN
    SELECT relname FROM pg_catalog.pg_class
    WHERE relnamespace = 'breath'::regnamespace AND relkind IN ('r', 'p') AND relrowsecurity
    ORDER BY relname
  LOOP
    EXECUTE format('CREATE POLICY %I ON breath.%I FOR SELECT TO breath_dump USING (true)',
      table_name || '_of_dump', table_name);
  END LOOP;
END
$$;
