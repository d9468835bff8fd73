-- The hash of a tombstone, as RecordDigest has it (docs/sync.md).
CREATE OR REPLACE FUNCTION breath.tombstone_hash(p_device uuid, p_session text, OUT high bigint, OUT low bigint)
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
  SELECT h.high, h.low
  FROM breath.record_hash('deleted ' || p_device || ' ' || octet_length(p_session) || ':' || p_session) AS h
$$;
REVOKE ALL ON FUNCTION breath.tombstone_hash FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.tombstone_hash TO breath_merge, breath_sync;
