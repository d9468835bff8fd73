SET LOCAL ROLE breath_owner;

-- The API writes times of the years 1 to 9999, and takes no others: what is worked out from them is kept behind the
-- first, so that whatever is given away is taken back.

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

REVOKE ALL ON FUNCTION breath.corrected_time FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.corrected_time TO breath_sync;
