SET LOCAL ROLE breath_maintenance;

-- Deletes accounts with all their rows. Practice has no foreign key to the account (docs/decisions/0005), so it goes by
-- name; the rest follows the account.
CREATE OR REPLACE FUNCTION breath.delete_account_rows(p_accounts uuid[]) RETURNS bigint
LANGUAGE sql SET search_path = pg_catalog, pg_temp
AS $$
  DELETE FROM breath.sessions WHERE account_id = ANY (p_accounts);
  DELETE FROM breath.tombstones WHERE account_id = ANY (p_accounts);
  DELETE FROM breath.day_totals WHERE account_id = ANY (p_accounts);
  DELETE FROM breath.settings WHERE account_id = ANY (p_accounts);
  DELETE FROM breath.push_ledger WHERE account_id = ANY (p_accounts);
  WITH deleted AS (DELETE FROM breath.accounts WHERE account_id = ANY (p_accounts) RETURNING 1)
  SELECT count(*) FROM deleted
$$;
REVOKE ALL ON FUNCTION breath.delete_account_rows FROM PUBLIC;
