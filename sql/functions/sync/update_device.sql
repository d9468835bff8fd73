-- Keeps what a device says about itself: its name, its zone, and by how much its clock is behind. What is NULL stays as
-- it is, and so does the zone when a stated one means nothing, which is answered. Takes a version only when something
-- changes, so that a call without news costs a look and no write. Sessions stored later in the same pipeline already
-- belong to the new zone's dates.
CREATE OR REPLACE FUNCTION breath.update_device(
  p_account uuid, p_device uuid, p_name text, p_zone text, p_behind_ms bigint, OUT is_unknown_zone boolean
)
LANGUAGE plpgsql
AS $$
DECLARE
  -- A clock that is right within so much counts as right, and an offset is taken anew when it moved by more: a slow
  -- network must not change what a setting's time is corrected to.
  tolerance_ms CONSTANT bigint := 60000;
  own breath.devices;
  zone text;
  offset_ms bigint;
  next_version bigint;
BEGIN
  SELECT * INTO own FROM breath.devices d WHERE d.account_id = p_account AND d.device_id = p_device;
  IF NOT FOUND THEN
    -- It has left with a merge since the pipeline began, which takes no lock for news alone.
    is_unknown_zone := false;
    RETURN;
  END IF;
  -- Most machines state the same zone every time, in the words that are stored.
  zone := CASE WHEN p_zone = own.time_zone THEN p_zone ELSE breath.known_zone(p_zone) END;
  is_unknown_zone := p_zone IS NOT NULL AND zone IS NULL;
  offset_ms := CASE WHEN abs(p_behind_ms - own.clock_offset_ms) > tolerance_ms
    THEN CASE WHEN abs(p_behind_ms) > tolerance_ms THEN p_behind_ms ELSE 0 END END;
  IF coalesce(p_name, own.name) = own.name AND coalesce(zone, own.time_zone) = own.time_zone
    AND coalesce(offset_ms, own.clock_offset_ms) = own.clock_offset_ms
  THEN
    RETURN;
  END IF;
  UPDATE breath.accounts a SET version = a.version + 1 WHERE a.account_id = p_account
  RETURNING a.version INTO next_version;
  UPDATE breath.devices d SET version = next_version, name = coalesce(p_name, d.name),
    time_zone = coalesce(zone, d.time_zone), clock_offset_ms = coalesce(offset_ms, d.clock_offset_ms)
  WHERE d.account_id = p_account AND d.device_id = p_device;
END
$$;
REVOKE ALL ON FUNCTION breath.update_device FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.update_device TO breath_sync;
