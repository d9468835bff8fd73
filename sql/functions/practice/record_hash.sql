-- The first 16 bytes of SHA-256 over a record's text, as the digest takes them (docs/sync.md).
CREATE OR REPLACE FUNCTION breath.record_hash(record text, OUT high bigint, OUT low bigint)
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
  SELECT ('x' || substr(h.hex, 1, 16))::bit(64)::bigint, ('x' || substr(h.hex, 17, 16))::bit(64)::bigint
  FROM (SELECT encode(sha256(convert_to(record, 'UTF8')), 'hex') AS hex) AS h
$$;
REVOKE ALL ON FUNCTION breath.record_hash FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.record_hash TO breath_merge, breath_sync;
