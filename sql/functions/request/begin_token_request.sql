-- Begins every pipeline of a caller with an access token, in one call because a statement costs more than what it does:
-- enters the account and its tenant, counts the request, takes the account's row when the pipeline writes, and checks
-- the device. A statement of its own, so that all that follow see what the lock waited for. A device whose account
-- moved is told to refresh, which follows it there; an account that is not of the token's tenant is refused as a
-- revoked device is. The first call of a day counts as a sign of life of the account.
CREATE OR REPLACE FUNCTION breath.begin_token_request(
  p_tenant uuid, p_account uuid, p_device uuid, p_generation integer, p_writes boolean, p_limit_key bytea,
  p_interval_ms double precision, p_burst integer, OUT remaining integer, OUT reset_ms bigint
)
LANGUAGE plpgsql
AS $$
DECLARE
  head bigint;
  is_first_today boolean;
BEGIN
  PERFORM set_config('breath.account', p_account::text, true), set_config('breath.tenant', p_tenant::text, true);
  SELECT a.remaining, a.reset_ms INTO remaining, reset_ms
  FROM breath.admit(p_limit_key, p_interval_ms, p_burst) AS a;
  IF p_writes THEN
    SELECT a.version, a.last_seen_on < current_date INTO head, is_first_today
    FROM breath.accounts a WHERE a.account_id = p_account AND a.tenant_id = p_tenant FOR NO KEY UPDATE;
    IF breath.is_at_end(head) THEN
      PERFORM breath.renumber_account(p_account);
    END IF;
    PERFORM FROM breath.devices d
    WHERE head IS NOT NULL AND d.account_id = p_account AND d.device_id = p_device AND d.revoked_at IS NULL
      AND d.token_generation = p_generation;
  ELSE
    SELECT a.last_seen_on < current_date INTO is_first_today
    FROM breath.devices d JOIN breath.accounts a ON a.account_id = d.account_id
    WHERE d.account_id = p_account AND d.device_id = p_device AND d.revoked_at IS NULL
      AND d.token_generation = p_generation AND a.tenant_id = p_tenant;
  END IF;
  IF NOT FOUND THEN
    PERFORM breath.refuse_erased(p_account);
    IF EXISTS (
      SELECT FROM breath.accounts a
      WHERE a.account_id = p_account AND a.tenant_id = p_tenant AND (a.merged_into IS NOT NULL OR EXISTS (
        SELECT FROM breath.devices d
        WHERE d.account_id = p_account AND d.device_id = p_device AND d.left_at IS NOT NULL)))
    THEN
      RAISE EXCEPTION 'account moved' USING ERRCODE = 'BM401';
    END IF;
    RAISE EXCEPTION 'device revoked' USING ERRCODE = 'BM401';
  END IF;
  IF is_first_today THEN
    PERFORM breath.note_presence(p_account);
  END IF;
END
$$;
REVOKE ALL ON FUNCTION breath.begin_token_request FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.begin_token_request TO breath_auth, breath_stats, breath_sync;
