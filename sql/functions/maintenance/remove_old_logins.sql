SET LOCAL ROLE breath_maintenance;

-- Removes address claims and password resets that expired a day ago, counts of attempts that are two days old, and
-- mails that expired a week ago.
CREATE OR REPLACE FUNCTION breath.remove_old_logins(batch integer) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
  WITH claims AS (
    DELETE FROM breath.email_claims WHERE ctid = ANY (ARRAY(
      SELECT ctid FROM breath.email_claims WHERE expires_at < now() - interval '1 day' LIMIT batch))
    RETURNING 1
  ), resets AS (
    DELETE FROM breath.password_resets WHERE ctid = ANY (ARRAY(
      SELECT ctid FROM breath.password_resets WHERE expires_at < now() - interval '1 day' LIMIT batch))
    RETURNING 1
  ), attempts AS (
    DELETE FROM breath.login_attempts WHERE subject = ANY (ARRAY(
      SELECT subject FROM breath.login_attempts WHERE attempted_at < now() - interval '2 days' LIMIT batch))
    RETURNING 1
  ), mails AS (
    DELETE FROM breath.outbox WHERE ctid = ANY (ARRAY(
      SELECT ctid FROM breath.outbox WHERE expires_at < now() - interval '7 days' LIMIT batch))
    RETURNING 1
  )
  SELECT (SELECT count(*) FROM claims) + (SELECT count(*) FROM resets) + (SELECT count(*) FROM attempts)
    + (SELECT count(*) FROM mails)
$$;
REVOKE ALL ON FUNCTION breath.remove_old_logins FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.remove_old_logins TO breath_admin;
