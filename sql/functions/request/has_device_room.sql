-- Whether the account has room for a device, new or coming back.
CREATE OR REPLACE FUNCTION breath.has_device_room(p_account uuid, p_device uuid) RETURNS boolean
LANGUAGE sql STABLE
AS $$
  SELECT o.known < b.known_devices_max AND o.used < b.devices_max
  FROM breath.account_bounds() AS b, (
    SELECT count(*) AS known, count(*) FILTER (WHERE d.revoked_at IS NULL AND d.left_at IS NULL) AS used
    FROM breath.devices d WHERE d.account_id = p_account AND d.device_id <> p_device
  ) AS o
$$;
REVOKE ALL ON FUNCTION breath.has_device_room FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.has_device_room TO breath_auth, breath_sync;
