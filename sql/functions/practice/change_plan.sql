-- Changes what a person means to practise, from p_today on, in a pipeline that holds the account. The changes are a merge
-- patch (RFC 7396) by the columns of `plans`: what is absent stays, what is null goes. A plan from a date that is not
-- here yet, made on a machine ahead of the calendar, is changed where it is.
--   p_initial_minutes: a day, of who never chose; p_week_start: NULL leaves it.
CREATE OR REPLACE FUNCTION breath.change_plan(
  p_account uuid, p_today date, p_changes jsonb, p_initial_minutes bigint, p_week_start smallint
) RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
  plan breath.plans;
BEGIN
  SELECT * INTO plan FROM breath.plans p WHERE p.account_id = p_account ORDER BY p.from_date DESC LIMIT 1;
  IF NOT FOUND THEN
    plan.daily_minutes := p_initial_minutes;
    plan.rest_days := 0;
  END IF;
  plan := jsonb_populate_record(plan, p_changes);
  plan.account_id := p_account;
  plan.from_date := greatest(p_today, plan.from_date);
  UPDATE breath.accounts a SET version = a.version + 1, week_start = coalesce(p_week_start, a.week_start)
  WHERE a.account_id = p_account
  RETURNING a.version INTO plan.version;
  INSERT INTO breath.plans AS p (
    account_id, from_date, version, daily_minutes, weekly_minutes, weekly_days, rest_days)
  VALUES (
    plan.account_id, plan.from_date, plan.version, plan.daily_minutes, plan.weekly_minutes, plan.weekly_days,
    plan.rest_days)
  ON CONFLICT (account_id, from_date) DO UPDATE SET version = excluded.version,
    daily_minutes = excluded.daily_minutes, weekly_minutes = excluded.weekly_minutes,
    weekly_days = excluded.weekly_days, rest_days = excluded.rest_days;
END
$$;
REVOKE ALL ON FUNCTION breath.change_plan FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.change_plan TO breath_stats;
