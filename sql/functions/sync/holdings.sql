-- What the server has of each device, one row each, so that a device can tell what was lost.
CREATE OR REPLACE FUNCTION breath.holdings(p_account uuid) RETURNS text
LANGUAGE sql STABLE
AS $$
  SELECT string_agg(
    '{"device":"' || d.device_id || '","records":' || d.digest_count || ',"digest":"'
      || breath.digest_text(d.digest_count, d.digest_high, d.digest_low) || '"'
      || CASE WHEN d.left_at IS NOT NULL THEN ',"left":true' ELSE '' END || '}', ',' ORDER BY d.version)
  FROM breath.devices d
  WHERE d.account_id = p_account
$$;
REVOKE ALL ON FUNCTION breath.holdings FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.holdings TO breath_sync;
