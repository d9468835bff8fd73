-- What one account may have, far above ten years of practice on ten machines.
CREATE OR REPLACE FUNCTION breath.account_bounds(
  -- Neither revoked nor gone; and known at all, which leaves room for what was revoked and for three hundred that left.
  OUT devices_max integer, OUT known_devices_max integer,
  OUT merges_max integer, OUT shares_max integer,
  -- By module and key; and each device's own statements about them, as ten machines have that know all.
  OUT settings_max integer, OUT statements_max integer,
  -- Of sessions and reported days, and of deletions, as `breath.room` counts them.
  OUT records_max integer,
  -- The same, of an account that a merge moves: half of what fits into the time that a statement has.
  OUT moved_records_max integer,
  -- Open at once.
  OUT pairing_codes_max integer
)
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT 100, 500, 300, 100, 500, 5000, 200000, 100000, 20 $$;
REVOKE ALL ON FUNCTION breath.account_bounds FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.account_bounds TO breath_auth, breath_merge, breath_sync;
