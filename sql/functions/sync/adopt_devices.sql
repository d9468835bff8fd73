-- Makes devices known again that a caller knows of and the server does not, as after a restore. They get no credential,
-- so each must still prove itself; one that was cleared since is cleared here too.
CREATE OR REPLACE FUNCTION breath.adopt_devices(
  p_account uuid, p_caller uuid, p_devices uuid[], p_names text[], p_zones text[], p_resets timestamptz[]
) RETURNS SETOF integer
LANGUAGE plpgsql
AS $$
DECLARE
  is_full boolean := false;
  next_version bigint;
BEGIN
  FOR i IN 1 .. cardinality(p_devices) LOOP
    IF p_devices[i] = p_caller THEN CONTINUE; END IF;
    IF EXISTS (SELECT FROM breath.devices d WHERE d.account_id = p_account AND d.device_id = p_devices[i]) THEN
      IF p_resets[i] IS NOT NULL THEN
        PERFORM breath.reset_device(p_account, p_caller, p_devices[i], p_resets[i]);
      END IF;
      CONTINUE;
    END IF;
    -- Full once is full for all that come after: asked once, however many there are.
    is_full := is_full OR NOT breath.has_device_room(p_account, p_devices[i]);
    IF is_full THEN
      RETURN NEXT i;
      CONTINUE;
    END IF;
    UPDATE breath.accounts a SET version = a.version + 1 WHERE a.account_id = p_account
    RETURNING a.version INTO next_version;
    INSERT INTO breath.devices (account_id, device_id, version, name, time_zone, reset_at)
    VALUES (
      p_account, p_devices[i], next_version, p_names[i], breath.zone_of_new_device(p_account, p_zones[i]), p_resets[i]);
  END LOOP;
END
$$;
REVOKE ALL ON FUNCTION breath.adopt_devices FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.adopt_devices TO breath_sync;
