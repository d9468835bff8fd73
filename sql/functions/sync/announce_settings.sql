-- Gives new versions to settings of one account that the other account had as well, so that every device hears again
-- which counts.
CREATE OR REPLACE FUNCTION breath.announce_settings(p_account uuid, p_other uuid) RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
  head bigint := (SELECT a.version FROM breath.accounts a WHERE a.account_id = p_account);
  announced bigint;
BEGIN
  WITH numbered AS (
    SELECT s.module, s.key, s.device_id, row_number() OVER (ORDER BY s.version) AS place
    FROM breath.settings s
    WHERE s.account_id = p_account AND EXISTS (
      SELECT FROM breath.settings o WHERE o.account_id = p_other AND o.module = s.module AND o.key = s.key)
  ), told AS (
    UPDATE breath.settings s SET version = head + n.place
    FROM numbered n
    WHERE s.account_id = p_account AND s.module = n.module AND s.key = n.key AND s.device_id = n.device_id
    RETURNING 1
  )
  SELECT count(*) INTO announced FROM told;
  UPDATE breath.accounts SET version = head + announced WHERE account_id = p_account;
  UPDATE breath.devices SET rows_version = head + announced WHERE account_id = p_account AND announced > 0;
END
$$;
REVOKE ALL ON FUNCTION breath.announce_settings FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.announce_settings TO breath_merge;
