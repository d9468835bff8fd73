-- Moves devices that the other account does not know, with all their rows. Each row keeps its place in the order; the
-- versions go on behind the head of the account that takes them in, so that every cursor of it brings them. Cursors of
-- the account they leave are of another life (cursor_life) and begin anew.
CREATE OR REPLACE FUNCTION breath.move_devices(p_from uuid, p_to uuid, p_devices uuid[]) RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
  head bigint := (SELECT a.version FROM breath.accounts a WHERE a.account_id = p_to);
  versions bigint[] := breath.versions_of(p_from, p_devices);
BEGIN
  -- Settings follow their device by the foreign key, so they are numbered before: below zero, where no version of
  -- either account is in the way.
  UPDATE breath.settings SET version = -(head + width_bucket(version, (SELECT versions)))
  WHERE account_id = p_from AND device_id = ANY (p_devices);
  UPDATE breath.devices SET account_id = p_to, version = head + width_bucket(version, (SELECT versions)),
    rows_version = head + cardinality(versions)
  WHERE account_id = p_from AND device_id = ANY (p_devices);
  UPDATE breath.settings SET version = -version WHERE account_id = p_to AND version < 0;
  UPDATE breath.sessions SET account_id = p_to, version = head + width_bucket(version, (SELECT versions))
  WHERE account_id = p_from AND device_id = ANY (p_devices);
  UPDATE breath.day_totals SET account_id = p_to, version = head + width_bucket(version, (SELECT versions))
  WHERE account_id = p_from AND device_id = ANY (p_devices);
  UPDATE breath.tombstones SET account_id = p_to, version = head + width_bucket(version, (SELECT versions))
  WHERE account_id = p_from AND device_id = ANY (p_devices);
  PERFORM breath.move_ledger(p_from, p_to, p_devices);
  UPDATE breath.accounts SET version = head + cardinality(versions) WHERE account_id = p_to;
END
$$;
REVOKE ALL ON FUNCTION breath.move_devices FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.move_devices TO breath_merge;
