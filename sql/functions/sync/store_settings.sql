-- Stores what a device says about settings, and a line in the person's ledger. Each device's newest statement is kept;
-- of those, the one with the latest corrected time wins, on a tie the greater device id (docs/design/faults.md,
-- "Clocks"): arrival decides nothing. An account holds so many settings, and so many statements about them
-- (`account_bounds`); one that is there already can always be changed. Answers those that were not simply stored: their
-- indexes from 1, why, and whether they are stored all the same, as what this device says, while another's counts.
--
-- Must run after the prologue has taken the account's row in the same pipeline. No setting comes twice. A setting is
-- asked for in the order of the key, whatever the planner believes (docs/decisions/0021).
CREATE OR REPLACE FUNCTION breath.store_settings(
  p_account uuid, p_device uuid, p_request_id text,
  p_modules text[], p_keys text[], p_values text[], p_stated_at timestamptz[]
) RETURNS TABLE (place integer, status text, is_stored boolean)
LANGUAGE plpgsql
AS $$
DECLARE
  -- A clock in the future wins for so long and no longer.
  ahead_max CONSTANT interval := '5 minutes';
  head record;
  statuses text[];
  kept boolean[];
  last_version bigint;
BEGIN
  SELECT a.version, d.clock_offset_ms INTO head
  FROM breath.accounts a JOIN breath.devices d ON d.account_id = a.account_id AND d.device_id = p_device
  WHERE a.account_id = p_account;
  WITH incoming AS (
    SELECT i.*,
      least(breath.corrected_time(i.stated_at, head.clock_offset_ms), clock_timestamp() + ahead_max) AS changed_at
    FROM unnest(p_modules, p_keys, p_values, p_stated_at) WITH ORDINALITY AS i (module, key, value, stated_at, place)
  ), held AS (
    -- Counted only when a device says something of a setting for the first time.
    SELECT count(*) AS statements, count(DISTINCT (s.module, s.key)) AS settings
    FROM breath.settings s WHERE s.account_id = p_account
  ), compared AS (
    SELECT i.place, i.module, i.key, i.value, i.stated_at,
      -- What a device says later is later, though its clock was set right in between.
      greatest(i.changed_at, own.changed_at + interval '1 millisecond') AS changed_at,
      own.changed_at AS own_changed_at,
      CASE WHEN own.stated_at = i.stated_at AND own.value = i.value THEN 'duplicate'
        WHEN own.stated_at >= i.stated_at THEN 'superseded' END AS kept_out,
      own.device_id IS NULL AS is_first,
      own.device_id IS NULL AND (
        SELECT k.key FROM breath.settings k
        WHERE k.account_id = p_account AND k.module = i.module AND k.key BETWEEN i.key AND i.key
        ORDER BY k.key LIMIT 1
      ) IS NULL AS is_new
    FROM incoming i
    LEFT JOIN LATERAL (
      SELECT * FROM breath.settings s
      WHERE s.account_id = p_account AND s.module = i.module AND s.key BETWEEN i.key AND i.key
        AND s.device_id = p_device
      ORDER BY s.key LIMIT 1
    ) AS own ON true
  ), bounded AS (
    SELECT b.place, b.module, b.key, b.value, b.stated_at, b.changed_at, b.own_changed_at,
      CASE WHEN b.is_new AND b.new_so_far > b.settings_max - (SELECT h.settings FROM held h)
        OR b.is_first AND b.first_so_far > b.statements_max - (SELECT h.statements FROM held h)
        THEN 'too_many_settings' ELSE b.kept_out END AS kept_out
    FROM (
      SELECT c.*, bounds.settings_max, bounds.statements_max,
        count(*) FILTER (WHERE c.is_new) OVER so_far AS new_so_far,
        count(*) FILTER (WHERE c.is_first) OVER so_far AS first_so_far
      FROM compared c CROSS JOIN breath.account_bounds() AS bounds
      WINDOW so_far AS (ORDER BY c.place)
    ) AS b
  ), judged AS (
    SELECT b.*, CASE WHEN b.kept_out IS DISTINCT FROM 'too_many_settings' AND (
        SELECT w.key FROM breath.settings w
        WHERE w.account_id = p_account AND w.module = b.module AND w.key BETWEEN b.key AND b.key
          AND w.device_id <> p_device AND (w.changed_at, w.device_id)
            > (CASE WHEN b.kept_out IS NULL THEN b.changed_at ELSE b.own_changed_at END, p_device)
        ORDER BY w.key LIMIT 1
      ) IS NOT NULL THEN 'superseded' ELSE b.kept_out END AS status
    FROM bounded b
  ), stored AS (
    INSERT INTO breath.settings AS s (account_id, module, key, device_id, version, value, stated_at, changed_at)
    SELECT p_account, j.module, j.key, p_device, head.version + row_number() OVER (ORDER BY j.place), j.value,
      j.stated_at, j.changed_at
    FROM judged j
    WHERE j.kept_out IS NULL
    ON CONFLICT (account_id, module, key, device_id) DO UPDATE SET
      version = excluded.version, value = excluded.value, stated_at = excluded.stated_at,
      changed_at = excluded.changed_at
    RETURNING s.version
  )
  SELECT array_agg(j.status ORDER BY j.place), array_agg(j.kept_out IS NULL ORDER BY j.place),
    (SELECT max(s.version) FROM stored s)
  INTO statuses, kept, last_version
  FROM judged j;
  IF last_version IS NOT NULL THEN
    UPDATE breath.accounts a SET version = last_version WHERE a.account_id = p_account;
    UPDATE breath.devices d SET rows_version = last_version WHERE d.account_id = p_account AND d.device_id = p_device;
  END IF;
  PERFORM breath.note_push(
    p_account, p_device, p_request_id, 'settings',
    ARRAY(SELECT p_modules[i] || '.' || p_keys[i] FROM generate_series(1, cardinality(p_keys)) AS i ORDER BY i),
    statuses, NULL);
  RETURN QUERY
    SELECT j.place::integer, j.status, j.is_stored
    FROM unnest(statuses, kept) WITH ORDINALITY AS j (status, is_stored, place)
    WHERE j.status IS NOT NULL ORDER BY j.place;
END
$$;
REVOKE ALL ON FUNCTION breath.store_settings FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.store_settings TO breath_sync;
