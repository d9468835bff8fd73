-- As begin_key_request, for a key that does not tell whose it is. One that nobody has is refused as any wrong key is:
-- in an account that is not there.
CREATE OR REPLACE FUNCTION breath.begin_wakatime_request(
  p_device uuid, p_key_hash bytea, p_scope text, p_limit_key bytea, p_interval_ms double precision, p_burst integer,
  OUT remaining integer, OUT reset_ms bigint
)
LANGUAGE plpgsql
AS $$
DECLARE
  account uuid;
BEGIN
  PERFORM set_config('breath.key', encode(p_key_hash, 'hex'), true);
  SELECT k.account_id INTO account FROM breath.api_keys k WHERE k.key_hash = p_key_hash;
  PERFORM set_config('breath.key', '', true);
  SELECT r.remaining, r.reset_ms INTO remaining, reset_ms
  FROM breath.begin_key_request(
    coalesce(account, p_device), p_device, p_key_hash, p_scope, false, p_limit_key, p_interval_ms, p_burst) AS r;
END
$$;
REVOKE ALL ON FUNCTION breath.begin_wakatime_request FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.begin_wakatime_request TO breath_stats;
