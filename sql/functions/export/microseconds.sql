-- Microseconds since 1970.
CREATE OR REPLACE FUNCTION breath.microseconds(t timestamptz) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT (extract(epoch FROM t) * 1000000)::bigint $$;
REVOKE ALL ON FUNCTION breath.microseconds FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.microseconds TO breath_sync;
