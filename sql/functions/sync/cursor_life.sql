-- A cursor is good for one account in one life of the database: a device that moves to another account, where the same
-- numbers mean other rows, must be told to begin anew as after a restore. Cursors given out before name the life alone:
-- each gets one restart, which costs a device one comparison.
CREATE OR REPLACE FUNCTION breath.cursor_life(p_incarnation uuid, p_account uuid) RETURNS uuid
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT md5(uuid_send(p_incarnation) || uuid_send(p_account))::uuid $$;
REVOKE ALL ON FUNCTION breath.cursor_life FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.cursor_life TO breath_sync;
