-- A device as other devices of the account see it.
CREATE OR REPLACE FUNCTION breath.device_json(d breath.devices) RETURNS text
LANGUAGE sql STABLE
AS $$
  SELECT '{"id":"' || d.device_id || '","name":' || to_json(d.name)
    || ',"timeZone":' || to_json(breath.shown_zone(d.time_zone))
    || ',"reset":' || coalesce('"' || breath.time_json(d.reset_at) || '"', 'null')
    || ',"revoked":' || (d.revoked_at IS NOT NULL)
    || CASE WHEN d.left_at IS NOT NULL THEN ',"left":true' ELSE '' END || '}'
$$;
REVOKE ALL ON FUNCTION breath.device_json FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.device_json TO breath_sync;
