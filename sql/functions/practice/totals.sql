-- What all devices of an account come to. What a device's counters tell beyond its practice, as of challenges, counts
-- too; but among devices that share history, whose counters tell the same story, only the largest such excess does.
CREATE OR REPLACE FUNCTION breath.totals(p_account uuid)
RETURNS TABLE (
  xp bigint, sessions bigint, active_ms bigint, cycles bigint, longest_streak bigint, reported_active_ms bigint,
  challenges bigint
)
LANGUAGE sql STABLE
AS $$
  SELECT sum(g.xp)::bigint, sum(g.sessions)::bigint, sum(g.active_ms)::bigint, sum(g.cycles)::bigint,
    max(g.longest_streak), sum(g.reported_active_ms)::bigint, sum(g.challenges)::bigint
  FROM (
    SELECT greatest(
        max(d.reported_xp), sum(d.xp) + max(greatest(d.reported_xp - d.xp - d.twin_xp - d.elsewhere_xp, 0))) AS xp,
      sum(d.sessions) AS sessions, sum(d.active_ms) AS active_ms, sum(d.cycles) AS cycles,
      max(d.reported_longest_streak) AS longest_streak, max(d.reported_challenges) AS challenges,
      greatest(
        max(d.reported_active_ms),
        sum(greatest(least(d.reported_active_ms, d.active_ms + d.twin_active_ms) - d.twin_active_ms, 0))
          + max(greatest(d.reported_active_ms - d.active_ms - d.twin_active_ms - d.elsewhere_active_ms, 0))
      ) AS reported_active_ms
    FROM breath.devices d
    WHERE d.account_id = p_account
    GROUP BY coalesce(d.twin_group, d.device_id)
  ) AS g
$$;
REVOKE ALL ON FUNCTION breath.totals FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.totals TO breath_merge, breath_stats, breath_sync;
