-- Statements are prepared by name once a connection: five plans made for the values at hand, as is PostgreSQL's way
-- before it takes the general one, cost each new process several milliseconds a request and are no better.
DO $$
DECLARE
  role_name text;
BEGIN
  FOREACH role_name IN ARRAY ARRAY['breath_sync', 'breath_stats', 'breath_auth'] LOOP
    EXECUTE format('ALTER ROLE %I SET plan_cache_mode = force_generic_plan', role_name);
  END LOOP;
END
$$;
SET LOCAL ROLE breath_owner;

-- Everything of an account, as its owner asked for, in one transaction; what stays are hashes of its id and its devices'
-- ids, so that a late push or an old installation brings nothing back (RELIABILITY 3.10).
CREATE FUNCTION breath.erase_account(p_account uuid) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
  INSERT INTO breath.erased (id_hash)
  SELECT sha256(uuid_send(p_account))
  UNION
  SELECT sha256(uuid_send(device_id)) FROM breath.devices WHERE account_id = p_account
  ON CONFLICT DO NOTHING;
  DELETE FROM breath.sessions WHERE account_id = p_account;
  DELETE FROM breath.tombstones WHERE account_id = p_account;
  DELETE FROM breath.day_totals WHERE account_id = p_account;
  DELETE FROM breath.settings WHERE account_id = p_account;
  DELETE FROM breath.push_ledger WHERE account_id = p_account;
  DELETE FROM breath.accounts WHERE account_id = p_account
$$;

-- The ledger is for looking at what went wrong lately.
CREATE FUNCTION breath.remove_old_pushes(batch integer) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
  WITH removed AS (
    DELETE FROM breath.push_ledger WHERE ctid = ANY (ARRAY(
      SELECT ctid FROM breath.push_ledger WHERE pushed_at < now() - interval '30 days' LIMIT batch))
    RETURNING 1
  )
  SELECT count(*) FROM removed
$$;

RESET ROLE;
-- Retention: as in 0009, with the tables that came since. A device of such an account may come back and send all it
-- has: nothing remembers it.
CREATE OR REPLACE FUNCTION breath.erase_unseen_accounts(batch integer) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
  WITH unseen AS (
    SELECT account_id FROM breath.accounts WHERE last_seen_on < current_date - interval '24 months' LIMIT batch
  ), sessions AS (
    DELETE FROM breath.sessions WHERE account_id IN (SELECT account_id FROM unseen)
  ), tombstones AS (
    DELETE FROM breath.tombstones WHERE account_id IN (SELECT account_id FROM unseen)
  ), days AS (
    DELETE FROM breath.day_totals WHERE account_id IN (SELECT account_id FROM unseen)
  ), settings AS (
    DELETE FROM breath.settings WHERE account_id IN (SELECT account_id FROM unseen)
  ), ledger AS (
    DELETE FROM breath.push_ledger WHERE account_id IN (SELECT account_id FROM unseen)
  ), erased AS (
    DELETE FROM breath.accounts WHERE account_id IN (SELECT account_id FROM unseen)
    RETURNING 1
  )
  SELECT count(*) FROM erased
$$;

GRANT CREATE ON SCHEMA breath TO breath_maintenance;
ALTER FUNCTION breath.erase_account OWNER TO breath_maintenance;
ALTER FUNCTION breath.remove_old_pushes OWNER TO breath_maintenance;
REVOKE CREATE ON SCHEMA breath FROM breath_maintenance;
REVOKE ALL ON FUNCTION breath.erase_account, breath.remove_old_pushes FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.erase_account TO breath_auth;
GRANT EXECUTE ON FUNCTION breath.remove_old_pushes TO breath_admin;

-- A device of an erased account may not enrol again: what it holds was to go.
SET LOCAL ROLE breath_owner;
CREATE FUNCTION breath.refuse_erased_device() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
  PERFORM breath.refuse_erased(NEW.device_id);
  RETURN NEW;
END
$$;
REVOKE ALL ON FUNCTION breath.refuse_erased_device FROM PUBLIC;
CREATE TRIGGER device_credentials_refuse_erased BEFORE INSERT ON breath.device_credentials
  FOR EACH ROW EXECUTE FUNCTION breath.refuse_erased_device();
