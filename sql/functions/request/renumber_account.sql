SET LOCAL ROLE breath_merge;

-- Numbers the rows of an account anew, from 2^40 on, when its versions near the end of bigint (docs/decisions/0024).
-- Answers whether it did.
CREATE OR REPLACE FUNCTION breath.renumber_account(p_account uuid) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  first CONSTANT bigint := 1099511627776;  -- 2^40
  head bigint;
  versions bigint[];
BEGIN
  SELECT a.version INTO head FROM breath.accounts a WHERE a.account_id = p_account FOR NO KEY UPDATE;
  versions := breath.versions_of(
    p_account, ARRAY(SELECT d.device_id FROM breath.devices d WHERE d.account_id = p_account));
  IF NOT breath.is_near_end(greatest(head, versions[cardinality(versions)])) THEN
    RETURN false;
  END IF;
  versions := ARRAY(SELECT v FROM unnest(versions) AS v WHERE v > first ORDER BY v);
  -- By way of what is below zero: what a row becomes may be what another one still is.
  UPDATE breath.settings SET version = -first - width_bucket(version, (SELECT versions))
  WHERE account_id = p_account AND version > first;
  UPDATE breath.settings SET version = -version WHERE account_id = p_account AND version < 0;
  UPDATE breath.tombstones SET version = -first - width_bucket(version, (SELECT versions))
  WHERE account_id = p_account AND version > first;
  UPDATE breath.tombstones SET version = -version WHERE account_id = p_account AND version < 0;
  UPDATE breath.sessions SET version = -first - width_bucket(version, (SELECT versions))
  WHERE account_id = p_account AND version > first;
  UPDATE breath.sessions SET version = -version WHERE account_id = p_account AND version < 0;
  UPDATE breath.day_totals SET version = -first - width_bucket(version, (SELECT versions))
  WHERE account_id = p_account AND version > first;
  UPDATE breath.day_totals SET version = -version WHERE account_id = p_account AND version < 0;
  UPDATE breath.devices SET
    version = CASE WHEN version > first THEN first + width_bucket(version, (SELECT versions)) ELSE version END,
    rows_version = CASE WHEN rows_version > first THEN first + width_bucket(rows_version, (SELECT versions))
      ELSE rows_version END
  WHERE account_id = p_account AND greatest(version, rows_version) > first;
  UPDATE breath.accounts SET version = first + cardinality(versions) WHERE account_id = p_account;
  RETURN true;
END
$$;
REVOKE ALL ON FUNCTION breath.renumber_account FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.renumber_account TO breath_auth, breath_stats, breath_sync;
