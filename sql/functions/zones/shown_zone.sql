-- A stored zone in the spelling that a client may state again.
CREATE OR REPLACE FUNCTION breath.shown_zone(p_stored text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT CASE WHEN p_stored LIKE '<%' THEN substr(p_stored, 2, 6) ELSE p_stored END $$;
REVOKE ALL ON FUNCTION breath.shown_zone FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.shown_zone TO breath_auth, breath_merge, breath_stats, breath_sync;
