-- A time as the protocol has it: UTC, with milliseconds.
CREATE OR REPLACE FUNCTION breath.time_json(t timestamptz) RETURNS text
LANGUAGE sql STABLE
AS $$ SELECT to_char(t AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') $$;
REVOKE ALL ON FUNCTION breath.time_json FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.time_json TO breath_sync;
