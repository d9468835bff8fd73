SET LOCAL ROLE breath_merge;

-- Where a person stands, as `Progress` reads it. `p_time_zone`: whose today is meant.
CREATE OR REPLACE FUNCTION breath.standing(
  p_account uuid, p_time_zone text, OUT devices bigint, OUT sessions bigint, OUT total_xp bigint, OUT active_ms bigint,
  OUT longest_streak bigint, OUT today date, OUT run_starts date[], OUT run_ends date[], OUT plan_dates date[],
  OUT daily_minutes smallint[], OUT weekly_minutes smallint[], OUT weekly_days smallint[], OUT rest_days smallint[],
  OUT freezes_from date
)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
  SELECT t.devices, t.sessions, t.xp + a.awarded_xp, t.active_ms, t.longest_streak,
    ((clock_timestamp() AT TIME ZONE p_time_zone) - a.day_start_minutes * interval '1 minute')::date,
    ARRAY(SELECT lower(r) FROM unnest(a.practised) r), ARRAY(SELECT upper(r) FROM unnest(a.practised) r),
    p.dates, p.daily_minutes, p.weekly_minutes, p.weekly_days, p.rest_days, (a.created_at AT TIME ZONE 'UTC')::date
  FROM breath.accounts a
  CROSS JOIN (
    SELECT (SELECT count(*) FROM breath.devices d WHERE d.account_id = p_account AND d.left_at IS NULL) AS devices,
      coalesce(s.sessions, 0) AS sessions, coalesce(s.xp, 0) AS xp, coalesce(s.active_ms, 0) AS active_ms,
      coalesce(s.longest_streak, 0) AS longest_streak
    FROM breath.totals(p_account) AS s
  ) AS t
  CROSS JOIN (
    SELECT array_agg(o.from_date) AS dates, array_agg(o.daily_minutes) AS daily_minutes,
      array_agg(o.weekly_minutes) AS weekly_minutes, array_agg(o.weekly_days) AS weekly_days,
      array_agg(o.rest_days) AS rest_days
    FROM (SELECT * FROM breath.plans WHERE account_id = p_account ORDER BY from_date) AS o
  ) AS p
  WHERE a.account_id = p_account
$$;
REVOKE ALL ON FUNCTION breath.standing FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.standing TO breath_auth;
