-- As begin_token_request, for a caller that shows an API key instead of a token, which knows no tenant. A key that is
-- wrong, expired, revoked or of nobody is refused alike, and so is one whose maker left with a merge that was undone.
-- The bucket belongs to the key that was shown, so guessing empties nobody else's. The first call of a day also counts
-- as a sign of life of the account.
CREATE OR REPLACE FUNCTION breath.begin_key_request(
  p_account uuid, p_device uuid, p_key_hash bytea, p_scope text, p_writes boolean, p_limit_key bytea,
  p_interval_ms double precision, p_burst integer, OUT remaining integer, OUT reset_ms bigint
)
LANGUAGE plpgsql
AS $$
DECLARE
  head bigint;
  shown breath.api_keys;
BEGIN
  PERFORM set_config('breath.account', p_account::text, true);
  SELECT a.remaining, a.reset_ms INTO remaining, reset_ms
  FROM breath.admit(p_limit_key, p_interval_ms, p_burst) AS a;
  IF p_writes THEN
    SELECT version INTO head FROM breath.accounts WHERE account_id = p_account FOR NO KEY UPDATE;
    IF breath.is_at_end(head) THEN
      PERFORM breath.renumber_account(p_account);
    END IF;
  END IF;
  SELECT k.* INTO shown FROM breath.api_keys k JOIN breath.devices d USING (account_id, device_id)
  JOIN breath.devices m ON m.account_id = k.account_id AND m.device_id = k.made_by
  WHERE k.account_id = p_account AND k.device_id = p_device AND k.key_hash = p_key_hash AND k.expires_at > now()
    AND d.revoked_at IS NULL AND m.revoked_at IS NULL;
  IF NOT FOUND THEN
    PERFORM breath.refuse_erased(p_account);
    RAISE EXCEPTION 'key refused' USING ERRCODE = 'BM40K';
  END IF;
  IF p_scope <> ALL (shown.scopes) THEN
    RAISE EXCEPTION USING ERRCODE = 'BM403', MESSAGE = p_scope;
  END IF;
  IF shown.last_used_on IS DISTINCT FROM current_date THEN
    UPDATE breath.api_keys k SET last_used_on = current_date
    WHERE k.account_id = p_account AND k.device_id = p_device;
    PERFORM breath.note_presence(p_account);
  END IF;
END
$$;
REVOKE ALL ON FUNCTION breath.begin_key_request FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.begin_key_request TO breath_stats, breath_sync;
