-- Whether a version is so near the end of a bigint that the next write may not fit: within four billion rows.
CREATE OR REPLACE FUNCTION breath.is_at_end(version bigint) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT version > 9223372032559808511 $$;
REVOKE ALL ON FUNCTION breath.is_at_end FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.is_at_end TO breath_auth, breath_merge, breath_stats, breath_sync;
