SET LOCAL ROLE breath_owner;

-- The API writes times and dates of the years 1 to 9999, and takes no others: what is worked out from them is kept
-- between the first and the last, so that whatever is given away is taken back.

-- The date that practice counts for, from the clock of the place and the minute that the person's day begins with.
CREATE FUNCTION breath.local_date_of(p_clock timestamp, p_day_start_minutes integer) RETURNS date
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
  SELECT greatest(date '0001-01-01', least(date '9999-12-31',
    (p_clock - p_day_start_minutes * interval '1 minute')::date))
$$;

-- The dates of one device's sessions, for a push that has some in the first or the last days of the calendar, where the
-- pusher does not know better.
CREATE FUNCTION breath.local_dates_of(
  p_account uuid, p_device uuid, p_started_at timestamptz[], p_local_dates date[]
) RETURNS date[]
LANGUAGE sql STABLE
AS $$
  SELECT array_agg(
    coalesce(i.local_date, breath.local_date_of(i.started_at AT TIME ZONE d.time_zone, a.day_start_minutes))
    ORDER BY i.place)
  FROM unnest(p_started_at, p_local_dates) WITH ORDINALITY AS i (started_at, local_date, place)
  LEFT JOIN breath.accounts a ON a.account_id = p_account
  LEFT JOIN breath.devices d ON d.account_id = p_account AND d.device_id = p_device
$$;

-- What a device says of when it changed something, by a right clock. An offset of millennia, as of a clock in the year
-- 9999, leads to no time before the first.
CREATE FUNCTION breath.corrected_time(p_stated_at timestamptz, p_offset_ms bigint) RETURNS timestamptz
LANGUAGE sql STABLE PARALLEL SAFE
AS $$
  SELECT greatest(p_stated_at, timestamptz '0001-01-01 00:00:00+00' - p_offset_ms * interval '1 millisecond')
    + p_offset_ms * interval '1 millisecond'
$$;

ALTER TABLE breath.settings NO FORCE ROW LEVEL SECURITY;
UPDATE breath.settings SET changed_at = timestamptz '0001-01-01 00:00:00+00'
WHERE changed_at < timestamptz '0001-01-01 00:00:00+00';
ALTER TABLE breath.settings FORCE ROW LEVEL SECURITY;

REVOKE ALL ON FUNCTION breath.local_date_of, breath.local_dates_of, breath.corrected_time FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.local_date_of, breath.local_dates_of, breath.corrected_time TO breath_sync;
