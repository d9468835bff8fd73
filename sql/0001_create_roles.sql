-- One login role a function, each with only the grants it needs (DESIGN 8); the owner never logs in.
-- Roles belong to the whole cluster, so this file may meet some that exist already. Passwords are the
-- operator's: they are set outside of migrations and never stand in a file.
DO $$
DECLARE
  role_name text;
BEGIN
  FOREACH role_name IN ARRAY ARRAY['breath_owner', 'breath_sync', 'breath_stats', 'breath_auth', 'breath_admin'] LOOP
    IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = role_name) THEN
      EXECUTE format('CREATE ROLE %I NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS', role_name);
    END IF;
  END LOOP;
END
$$;

-- A managed service's administrator is no superuser: to create what the owner owns it must be a member.
DO $$
BEGIN
  IF NOT pg_catalog.pg_has_role(current_user, 'breath_owner', 'MEMBER') THEN
    EXECUTE format('GRANT breath_owner TO %I', current_user);
  END IF;
END
$$;

-- Server-side limits live on the role: a transaction pooler drops what a session sets (RELIABILITY 2.8).
DO $$
DECLARE
  role_name text;
BEGIN
  FOREACH role_name IN ARRAY ARRAY['breath_sync', 'breath_stats', 'breath_auth', 'breath_admin'] LOOP
    EXECUTE format('ALTER ROLE %I SET statement_timeout = ''8s''', role_name);
    EXECUTE format('ALTER ROLE %I SET lock_timeout = ''4s''', role_name);
    EXECUTE format('ALTER ROLE %I SET idle_in_transaction_session_timeout = ''5s''', role_name);
  END LOOP;
END
$$;

CREATE SCHEMA breath AUTHORIZATION breath_owner;
GRANT USAGE ON SCHEMA breath TO breath_sync, breath_stats, breath_auth, breath_admin;
