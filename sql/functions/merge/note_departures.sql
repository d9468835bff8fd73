-- Notes in `p_account`, of devices that live in the other account now, that they left, and the marker of their last
-- clearing. Takes a version for each row that it writes.
CREATE OR REPLACE FUNCTION breath.note_departures(p_account uuid, p_other uuid, p_devices uuid[]) RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
  head bigint := (SELECT a.version FROM breath.accounts a WHERE a.account_id = p_account);
  noted bigint;
BEGIN
  INSERT INTO breath.devices (
    account_id, device_id, version, rows_version, name, time_zone, reset_at, revoked_at, left_at)
  SELECT p_account, d.device_id, head + row_number() OVER (ORDER BY d.version), 0, 'device', 'UTC', d.reset_at, now(),
    now()
  FROM breath.devices d
  WHERE d.account_id = p_other AND d.device_id = ANY (p_devices)
    AND NOT EXISTS (SELECT FROM breath.devices k WHERE k.account_id = p_account AND k.device_id = d.device_id);
  GET DIAGNOSTICS noted = ROW_COUNT;
  UPDATE breath.accounts SET version = head + noted WHERE account_id = p_account;
END
$$;
REVOKE ALL ON FUNCTION breath.note_departures FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.note_departures TO breath_merge;
