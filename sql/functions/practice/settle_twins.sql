-- Decides whose copies count of the sessions that began at these times (NULL: of all), and settles what follows. Of
-- copies of one session those of the device with most of them count; on a tie, those that counted before, or came
-- first.
CREATE OR REPLACE FUNCTION breath.settle_twins(p_account uuid, p_starts timestamptz[]) RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
  of_devices uuid[];
  dates date[];
  holders uuid[];
  others uuid[];
BEGIN
  WITH copies AS (
    SELECT s.device_id, s.session_id, s.version, s.local_date, s.counts,
      jsonb_hash_extended(breath.session_content(s.facts), 0) AS content
    FROM (SELECT DISTINCT * FROM unnest(p_starts)) AS i (started_at)
    CROSS JOIN LATERAL breath.sessions_begun(p_account, i.started_at) AS s
    UNION ALL
    SELECT s.device_id, s.session_id, s.version, s.local_date, s.counts,
      jsonb_hash_extended(breath.session_content(s.facts), 0)
    FROM (
      SELECT t.*, count(*) OVER (PARTITION BY t.started_at) AS together FROM breath.sessions t
      WHERE t.account_id = p_account AND p_starts IS NULL
    ) AS s
    WHERE s.together > 1 OR NOT s.counts
  ), ranked AS (
    SELECT c.*, count(*) OVER own AS copies, bool_or(c.counts) OVER own AS held, min(c.version) OVER own AS first
    FROM copies c
    WINDOW own AS (PARTITION BY c.content, c.device_id)
  ), judged AS MATERIALIZED (
    SELECT r.*, first_value(r.device_id) OVER (
        PARTITION BY r.content ORDER BY r.copies DESC, r.held DESC, r.first) AS holder
    FROM ranked r
  ), turned AS (
    UPDATE breath.sessions s SET counts = (j.device_id = j.holder)
    FROM judged j
    WHERE j.counts <> (j.device_id = j.holder) AND s.ctid = (
      SELECT t.ctid FROM breath.sessions t
      WHERE t.account_id = p_account AND t.device_id = j.device_id
        AND t.session_id BETWEEN j.session_id AND j.session_id
      ORDER BY t.session_id LIMIT 1)
  ), pairs AS (
    SELECT DISTINCT j.holder, j.device_id AS other FROM judged j WHERE j.device_id <> j.holder
  )
  SELECT array_agg(j.device_id), array_agg(j.local_date), (SELECT array_agg(p.holder) FROM pairs p),
    (SELECT array_agg(p.other) FROM pairs p)
  INTO of_devices, dates, holders, others
  FROM (SELECT DISTINCT d.device_id, d.local_date, d.content, d.counts FROM judged d) AS j
  WHERE NOT j.counts OR j.content IN (SELECT d.content FROM judged d WHERE d.device_id <> d.holder);
  IF of_devices IS NOT NULL THEN
    PERFORM breath.settle_derived(p_account, of_devices, dates);
  END IF;
  IF holders IS NOT NULL THEN
    PERFORM breath.connect_devices(p_account, holders || others, others || holders);
  END IF;
END
$$;
REVOKE ALL ON FUNCTION breath.settle_twins FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.settle_twins TO breath_merge, breath_sync;
