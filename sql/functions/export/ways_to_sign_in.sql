-- The ways to sign in to the entered account: its address, and providers.
CREATE OR REPLACE FUNCTION breath.ways_to_sign_in() RETURNS TABLE (issuer text, subject text, since timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
  SELECT 'email', NULL, l.confirmed_at FROM breath.logins l
  WHERE l.account_id = nullif(current_setting('breath.account', true), '')::uuid
  UNION ALL
  SELECT i.issuer, i.subject, i.linked_at FROM breath.identities i
  WHERE i.account_id = nullif(current_setting('breath.account', true), '')::uuid
$$;
REVOKE ALL ON FUNCTION breath.ways_to_sign_in FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.ways_to_sign_in TO breath_sync;
