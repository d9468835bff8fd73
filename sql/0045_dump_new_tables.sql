-- The tables since 0028, for the dump.
SET LOCAL ROLE breath_owner;
GRANT SELECT ON ALL TABLES IN SCHEMA breath TO breath_dump;
DO $$
DECLARE
  table_name name;
BEGIN
  FOR table_name IN
    SELECT c.relname FROM pg_catalog.pg_class c
    WHERE c.relnamespace = 'breath'::regnamespace AND c.relkind IN ('r', 'p') AND c.relrowsecurity
      AND NOT EXISTS (
        SELECT FROM pg_catalog.pg_policy p WHERE p.polrelid = c.oid AND p.polname = c.relname || '_of_dump')
    ORDER BY c.relname
  LOOP
    EXECUTE format('CREATE POLICY %I ON breath.%I FOR SELECT TO breath_dump USING (true)',
      table_name || '_of_dump', table_name);
  END LOOP;
END
$$;
