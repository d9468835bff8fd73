-- Every request that is refused, whoever sends it, raised an ERROR, and the server's log had its statement and context:
-- 567 bytes a call that a stranger may repeat as often as a connection allows. The functions log what matters, so for their roles
-- a line says that something failed and which code it has. Only a superuser may set these; where the administrator is none,
-- the provider's settings stay as they are (docs/operations.md, 10).
DO $$
DECLARE
  role_name text;
BEGIN
  FOREACH role_name IN ARRAY ARRAY['breath_sync', 'breath_stats', 'breath_auth', 'breath_admin'] LOOP
    EXECUTE format('ALTER ROLE %I SET log_min_error_statement = ''panic''', role_name);
    EXECUTE format('ALTER ROLE %I SET log_error_verbosity = ''terse''', role_name);
  END LOOP;
EXCEPTION WHEN insufficient_privilege THEN
  NULL;
END
$$;
