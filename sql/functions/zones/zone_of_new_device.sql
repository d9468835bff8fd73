-- The zone to store for a device that nobody knew before: the one it states, or where its person is at home, or UTC.
CREATE OR REPLACE FUNCTION breath.zone_of_new_device(p_account uuid, p_stated text) RETURNS text
LANGUAGE sql STABLE
AS $$
  SELECT coalesce(
    breath.known_zone(p_stated),
    (
      SELECT breath.usable_zone(a.time_zone) FROM breath.accounts a
      WHERE a.account_id = p_account AND a.time_zone IS NOT NULL
    ),
    'UTC')
$$;
REVOKE ALL ON FUNCTION breath.zone_of_new_device FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.zone_of_new_device TO breath_auth, breath_sync;
