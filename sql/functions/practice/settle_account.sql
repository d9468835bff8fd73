-- Settles what follows from all rows of an account, anew: whose copies count, and from that days, digest and the days
-- practised.
CREATE OR REPLACE FUNCTION breath.settle_account(p_account uuid) RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
  devices uuid[];
  dates date[];
BEGIN
  PERFORM breath.settle_twins(p_account, NULL);
  PERFORM breath.settle_groups(p_account);
  -- A day without single sessions keeps the twins that it had when they went.
  SELECT array_agg(device_id), array_agg(local_date) INTO devices, dates
  FROM (
    SELECT i.device_id, i.local_date, count(*) FILTER (WHERE i.counts) AS sessions,
      coalesce(sum(i.counted_ms) FILTER (WHERE i.counts), 0) AS active_ms,
      coalesce(sum(i.cycles) FILTER (WHERE i.counts), 0) AS cycles,
      coalesce(sum(i.xp) FILTER (WHERE i.counts), 0) AS xp, count(*) FILTER (WHERE NOT i.counts) AS twins
    FROM breath.sessions i WHERE i.account_id = p_account
    GROUP BY i.device_id, i.local_date
  ) AS s
  FULL JOIN (SELECT * FROM breath.day_totals d WHERE d.account_id = p_account) AS t USING (device_id, local_date)
  WHERE (coalesce(s.sessions, 0), coalesce(s.active_ms, 0), coalesce(s.cycles, 0), coalesce(s.xp, 0)) IS DISTINCT FROM
      (coalesce(t.derived_sessions, 0), coalesce(t.derived_active_ms, 0), coalesce(t.derived_cycles, 0),
        coalesce(t.derived_xp, 0))
    OR s.twins <> coalesce(t.twin_sessions, 0);
  IF devices IS NOT NULL THEN
    PERFORM breath.settle_derived(p_account, devices, dates);
  END IF;
  PERFORM breath.settle_digests(p_account);
  UPDATE breath.accounts SET
    practised = coalesce((
      SELECT range_agg(daterange(t.local_date, t.local_date, '[]')) FROM breath.day_totals t
      WHERE t.account_id = p_account AND t.sessions > 0), '{}')
  WHERE account_id = p_account;
END
$$;
REVOKE ALL ON FUNCTION breath.settle_account FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.settle_account TO breath_merge;
