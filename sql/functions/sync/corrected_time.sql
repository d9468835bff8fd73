-- When a device changed something, by a right clock: what it stated and its clock's offset. An offset of millennia, as
-- of a clock in the year 9999, leads to no time before the year 1.
CREATE OR REPLACE FUNCTION breath.corrected_time(p_stated_at timestamptz, p_offset_ms bigint) RETURNS timestamptz
LANGUAGE sql STABLE PARALLEL SAFE
AS $$
  SELECT greatest(p_stated_at, timestamptz '0001-01-01 00:00:00+00' - p_offset_ms * interval '1 millisecond')
    + p_offset_ms * interval '1 millisecond'
$$;
REVOKE ALL ON FUNCTION breath.corrected_time FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.corrected_time TO breath_sync;
