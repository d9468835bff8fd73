-- The roles: one a function that logs in, with only the grants it needs, and roles that functions in SQL run as, or own
-- things, and that never log in. Roles belong to the whole cluster, so some may be there already. Passwords are the
-- operator's: `breath roles` sets them, and they never stand in a file.
DO $$
DECLARE
  role_name text;
BEGIN
  FOREACH role_name IN ARRAY ARRAY[
    'breath_owner', 'breath_sync', 'breath_stats', 'breath_auth', 'breath_admin', 'breath_merge', 'breath_maintenance',
    'breath_dump'
  ] LOOP
    IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = role_name) THEN
      EXECUTE format('CREATE ROLE %I NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS', role_name);
    END IF;
  END LOOP;
  -- A managed service's administrator is no superuser: to create what these own it must be a member.
  FOREACH role_name IN ARRAY ARRAY['breath_owner', 'breath_merge', 'breath_maintenance', 'breath_dump'] LOOP
    IF NOT pg_catalog.pg_has_role(current_user, role_name, 'MEMBER') THEN
      EXECUTE format('GRANT %I TO %I', role_name, current_user);
    END IF;
  END LOOP;
END
$$;

-- Settings of a session stand on its role, because a transaction pooler drops what a session sets.
DO $$
DECLARE
  role_name text;
BEGIN
  FOREACH role_name IN ARRAY ARRAY['breath_sync', 'breath_stats', 'breath_auth', 'breath_admin'] LOOP
    EXECUTE format('ALTER ROLE %I SET statement_timeout = ''8s''', role_name);
    -- A process that waits for an account's row serves nobody else meanwhile, so it gives up early, and the caller, who
    -- is told so, comes again. Longer than deadlock_timeout (1 s, and not ours to change on a managed service): a
    -- deadlock must still be found as one, because then the pipeline is run again and nobody notices.
    EXECUTE format('ALTER ROLE %I SET lock_timeout = ''1200ms''', role_name);
    EXECUTE format('ALTER ROLE %I SET idle_in_transaction_session_timeout = ''5s''', role_name);
    -- Some answers hold dates as text, which a server of another style must not change.
    EXECUTE format('ALTER ROLE %I SET datestyle = ''ISO, YMD''', role_name);
  END LOOP;
  -- Every statement of the functions finds its rows by an account's key. A plan is made once a connection, perhaps
  -- while a table is small or has no statistics, and must still be good when it has grown (docs/decisions/0021).
  FOREACH role_name IN ARRAY ARRAY['breath_sync', 'breath_stats', 'breath_auth'] LOOP
    EXECUTE format('ALTER ROLE %I SET plan_cache_mode = force_generic_plan', role_name);
    EXECUTE format('ALTER ROLE %I SET enable_seqscan = off', role_name);
    -- A sequential scan of a table of one row would be costed so high that it would be compiled: that never pays here.
    EXECUTE format('ALTER ROLE %I SET jit = off', role_name);
  END LOOP;
  -- What is looked up is asked for in the order of the one index that has it: what would have to be sorted looks dear.
  ALTER ROLE breath_sync SET enable_sort = off;
END
$$;

-- Refusals are raised as errors, and a stranger may repeat them as often as a connection allows: the server's log has a
-- line of each, without statement and context. Only a superuser may set these; where the administrator is none, the
-- provider's settings stay as they are (docs/operations.md).
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
