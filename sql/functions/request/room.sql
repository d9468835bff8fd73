-- How many more sessions and reported days an account may get. Deleted ones make room for others only while there is
-- room for their tombstones.
CREATE OR REPLACE FUNCTION breath.room(a breath.accounts) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT CASE WHEN a.tombstones < 200000 THEN 200000 - a.kept ELSE 0 END $$;
REVOKE ALL ON FUNCTION breath.room FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.room TO breath_merge, breath_sync;
