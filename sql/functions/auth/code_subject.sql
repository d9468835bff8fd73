-- The codes of a second factor are counted for themselves, by account and kind: a right password forgets what was
-- counted of passwords and nothing else (decision 32). Nothing that a person types is in the subject, so it needs no
-- key.
CREATE OR REPLACE FUNCTION breath.code_subject(p_account uuid, p_kind text) RETURNS bytea
LANGUAGE sql STABLE
AS $$ SELECT sha256(uuid_send(p_account) || convert_to(p_kind, 'UTF8')) $$;
REVOKE ALL ON FUNCTION breath.code_subject FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.code_subject TO breath_auth;
