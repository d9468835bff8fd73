-- Whether a version is larger than any practice comes to (2^60). An account that has one is merged with none, so that
-- it cannot hand it on.
CREATE OR REPLACE FUNCTION breath.is_near_end(version bigint) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT version > 1152921504606846976 $$;
REVOKE ALL ON FUNCTION breath.is_near_end FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.is_near_end TO breath_merge;
