-- What the nightly call may do, and nothing else. It works across accounts, which row-level security keeps from every
-- other role: these functions run as a role of their own that nobody logs in as, answer counts only, and the function
-- that calls them can read no row.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'breath_maintenance') THEN
    CREATE ROLE breath_maintenance NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS;
  END IF;
  IF NOT pg_catalog.pg_has_role(current_user, 'breath_maintenance', 'MEMBER') THEN
    EXECUTE format('GRANT breath_maintenance TO %I', current_user);
  END IF;
END
$$;
GRANT USAGE ON SCHEMA breath TO breath_maintenance;

DO $$
DECLARE
  table_name text;
BEGIN
  FOREACH table_name IN ARRAY ARRAY[
    'accounts', 'devices', 'consents', 'sessions', 'day_totals', 'settings', 'push_ledger', 'refresh_sessions',
    'device_credentials', 'pairing_codes'
  ] LOOP
    EXECUTE format('CREATE POLICY %I ON breath.%I TO breath_maintenance USING (true)',
      table_name || '_of_maintenance', table_name);
  END LOOP;
END
$$;
GRANT SELECT (account_id, last_seen_on), DELETE ON breath.accounts TO breath_maintenance;
GRANT SELECT (account_id), DELETE ON breath.sessions, breath.day_totals TO breath_maintenance;
GRANT SELECT, DELETE ON breath.refresh_sessions, breath.pairing_codes, breath.rate_limits TO breath_maintenance;

-- Each removes at most `batch` rows and says how many; fewer than `batch` means that it is done. NULL: another call is
-- at it. Repeating one is harmless.

CREATE FUNCTION breath.begin_maintenance() RETURNS boolean
LANGUAGE sql
AS $$ SELECT pg_catalog.pg_try_advisory_xact_lock(7021787) $$;

-- Refresh sessions that ended, or that can be refreshed no more, are kept for 90 days to be recognised.
CREATE FUNCTION breath.remove_old_refresh_sessions(batch integer) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
  WITH removed AS (
    DELETE FROM breath.refresh_sessions WHERE ctid = ANY (ARRAY(
      SELECT ctid FROM breath.refresh_sessions
      WHERE ended_at < now() - interval '90 days' OR rotated_at < now() - interval '120 days'
        OR created_at < now() - interval '270 days'
      LIMIT batch))
    RETURNING 1
  )
  SELECT count(*) FROM removed
$$;

CREATE FUNCTION breath.remove_old_pairing_codes(batch integer) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
  WITH removed AS (
    DELETE FROM breath.pairing_codes WHERE code_hash = ANY (ARRAY(
      SELECT code_hash FROM breath.pairing_codes WHERE expires_at < now() - interval '1 day' LIMIT batch))
    RETURNING 1
  )
  SELECT count(*) FROM removed
$$;

CREATE FUNCTION breath.remove_old_rate_limits(batch integer) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
  WITH removed AS (
    DELETE FROM breath.rate_limits WHERE key = ANY (ARRAY(
      SELECT key FROM breath.rate_limits WHERE theoretical_arrival < now() - interval '1 day' LIMIT batch))
    RETURNING 1
  )
  SELECT count(*) FROM removed
$$;

-- Retention: an anonymous account that no device has used for 24 months is erased whole (RELIABILITY 3.10). Sessions and
-- day totals have no foreign key (docs/decisions/0005), so they go by name; the rest follows the account.
CREATE FUNCTION breath.erase_unseen_accounts(batch integer) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
  WITH unseen AS (
    SELECT account_id FROM breath.accounts WHERE last_seen_on < current_date - interval '24 months' LIMIT batch
  ), sessions AS (
    DELETE FROM breath.sessions WHERE account_id IN (SELECT account_id FROM unseen)
  ), days AS (
    DELETE FROM breath.day_totals WHERE account_id IN (SELECT account_id FROM unseen)
  ), erased AS (
    DELETE FROM breath.accounts WHERE account_id IN (SELECT account_id FROM unseen)
    RETURNING 1
  )
  SELECT count(*) FROM erased
$$;

GRANT CREATE ON SCHEMA breath TO breath_maintenance;
ALTER FUNCTION breath.begin_maintenance OWNER TO breath_owner;
ALTER FUNCTION breath.remove_old_refresh_sessions OWNER TO breath_maintenance;
ALTER FUNCTION breath.remove_old_pairing_codes OWNER TO breath_maintenance;
ALTER FUNCTION breath.remove_old_rate_limits OWNER TO breath_maintenance;
ALTER FUNCTION breath.erase_unseen_accounts OWNER TO breath_maintenance;
REVOKE CREATE ON SCHEMA breath FROM breath_maintenance;

REVOKE ALL ON FUNCTION
  breath.begin_maintenance, breath.remove_old_refresh_sessions, breath.remove_old_pairing_codes,
  breath.remove_old_rate_limits, breath.erase_unseen_accounts FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
  breath.begin_maintenance, breath.remove_old_refresh_sessions, breath.remove_old_pairing_codes,
  breath.remove_old_rate_limits, breath.erase_unseen_accounts TO breath_admin;
