-- Why nothing of a device is stored, whatever it is; NULL when it may be. A later marker than the server's was applied
-- by a statement before.
CREATE OR REPLACE FUNCTION breath.device_refusal(d breath.devices, p_marker timestamptz) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
  SELECT CASE
    WHEN d.device_id IS NULL THEN 'unknown_device'
    WHEN d.left_at IS NOT NULL THEN 'device_left'
    WHEN d.reset_at IS DISTINCT FROM p_marker THEN 'before_reset' END
$$;
REVOKE ALL ON FUNCTION breath.device_refusal FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.device_refusal TO breath_sync;
