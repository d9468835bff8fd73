-- The subject under which a second factor's codes are counted, by account and kind: apart from passwords, so that a
-- right password forgets nothing of them (docs/decisions/0032). Nothing that a person types is in it, so it needs no
-- key.
CREATE OR REPLACE FUNCTION breath.code_subject(p_account uuid, p_kind text) RETURNS bytea
LANGUAGE sql STABLE
AS $$ SELECT sha256(uuid_send(p_account) || convert_to(p_kind, 'UTF8')) $$;
REVOKE ALL ON FUNCTION breath.code_subject FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.code_subject TO breath_auth;
