-- Previews what redeeming a code would do, in numbers: where each account stands, and the account they would be. The
-- merge is made and taken back, so that these are the numbers it then gives; the code stays as it is.
CREATE OR REPLACE FUNCTION breath.preview_pairing(
  p_code_hash bytea, p_device uuid, p_secret_hash bytea, p_time_zone text
)
RETURNS TABLE (
  part text, devices bigint, sessions bigint, total_xp bigint, active_ms bigint, longest_streak bigint, today date,
  run_starts date[], run_ends date[], plan_dates date[], daily_minutes smallint[], weekly_minutes smallint[],
  weekly_days smallint[], rest_days smallint[], freezes_from date
)
LANGUAGE plpgsql
AS $$
DECLARE
  target uuid;
  source uuid;
  zone text;
BEGIN
  SELECT p.target, p.source INTO target, source FROM breath.lock_pairing(p_code_hash, p_device, p_secret_hash) AS p;
  IF target IS NULL THEN
    RETURN;
  END IF;
  zone := breath.zone_of_new_device(target, p_time_zone);
  IF source IS NOT NULL THEN
    PERFORM set_config('breath.account', source::text, true);
    SELECT breath.usable_zone(d.time_zone) INTO zone
    FROM breath.devices d WHERE d.account_id = source AND d.device_id = p_device;
    RETURN QUERY SELECT 'this', s.* FROM breath.standing(source, zone) AS s;
  END IF;
  RETURN QUERY SELECT 'other', s.* FROM breath.standing(target, zone) AS s;
  BEGIN
    IF source IS NOT NULL THEN
      PERFORM breath.merge_accounts(source, target, p_device);
    END IF;
    SELECT s.* INTO devices, sessions, total_xp, active_ms, longest_streak, today, run_starts, run_ends, plan_dates,
      daily_minutes, weekly_minutes, weekly_days, rest_days, freezes_from
    FROM breath.standing(target, zone) AS s;
    RAISE EXCEPTION 'taken back' USING ERRCODE = 'BM001';
  EXCEPTION WHEN SQLSTATE 'BM001' THEN
    NULL;
  END;
  part := 'after';
  RETURN NEXT;
END
$$;
REVOKE ALL ON FUNCTION breath.preview_pairing FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.preview_pairing TO breath_auth;
