-- The hash of a day total's reported numbers (docs/sync.md); 0 for a day without any, which is no record.
CREATE OR REPLACE FUNCTION breath.day_hash(
  p_device uuid, p_date date, p_sessions bigint, p_active_ms bigint, p_cycles bigint, p_xp bigint,
  OUT high bigint, OUT low bigint, OUT records bigint
)
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
  SELECT CASE WHEN is_record THEN h.high ELSE 0 END, CASE WHEN is_record THEN h.low ELSE 0 END, is_record::int::bigint
  FROM (SELECT greatest(p_sessions, p_active_ms, p_cycles, p_xp) > 0 AS is_record) AS c,
    breath.record_hash(
      'day ' || p_device || ' ' || p_date || ' ' || p_sessions || ' ' || p_active_ms || ' ' || p_cycles || ' ' || p_xp
    ) AS h
$$;
REVOKE ALL ON FUNCTION breath.day_hash FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.day_hash TO breath_merge, breath_sync;
