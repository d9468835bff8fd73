-- Where a key is: where its person is at home, or else where the machine is now that made it. A key has no clock of its
-- own, and would stay for ever where it was made.
CREATE OR REPLACE FUNCTION breath.zone_of_key(p_account uuid, p_key uuid) RETURNS text
LANGUAGE sql STABLE
AS $$
  SELECT coalesce(a.time_zone, maker.time_zone, own.time_zone)
  FROM breath.accounts a
  JOIN breath.devices own ON own.account_id = a.account_id AND own.device_id = p_key
  LEFT JOIN breath.api_keys k ON k.account_id = a.account_id AND k.device_id = p_key
  LEFT JOIN breath.devices maker
    ON maker.account_id = a.account_id AND maker.device_id = k.made_by AND maker.left_at IS NULL
  WHERE a.account_id = p_account
$$;
REVOKE ALL ON FUNCTION breath.zone_of_key FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.zone_of_key TO breath_stats, breath_sync;
