-- The incarnation that cursors of an account carry. A cursor is good for one account in one incarnation of the
-- database: a device that moves to another account, where the same numbers mean other rows, is told to begin anew as
-- after a restore.
CREATE OR REPLACE FUNCTION breath.cursor_life(p_incarnation uuid, p_account uuid) RETURNS uuid
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT md5(uuid_send(p_incarnation) || uuid_send(p_account))::uuid $$;
REVOKE ALL ON FUNCTION breath.cursor_life FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.cursor_life TO breath_sync;
