-- Erases accounts that somebody can still sign in to. As it once was; planted by IdentityHistoryTests.
CREATE OR REPLACE FUNCTION breath.erase_unseen_accounts(batch integer) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
  SELECT breath.delete_account_rows(ARRAY(
    SELECT account_id FROM breath.accounts WHERE last_seen_on < current_date - interval '24 months' LIMIT batch))
$$;
