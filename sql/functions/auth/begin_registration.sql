-- Begins the registration of an address. A hash is asked for only when the caller has the machine's own secret and the
-- account has no login; the account's data key is made or found.
CREATE OR REPLACE FUNCTION breath.begin_registration(
  p_account uuid, p_device uuid, p_secret_hash bytea, p_wrapped bytea, p_keys bytea[], p_interval_ms double precision[],
  p_bursts integer[],
  OUT is_proven boolean, OUT has_login boolean, OUT wrapped bytea, OUT wait_ms bigint, OUT refusal text
)
LANGUAGE plpgsql
AS $$
BEGIN
  is_proven := breath.has_secret(p_account, p_device, p_secret_hash);
  has_login := EXISTS (SELECT FROM breath.logins AS l WHERE l.account_id = p_account);
  IF NOT is_proven OR has_login THEN
    RETURN;
  END IF;
  SELECT h.wait_ms, h.refusal INTO wait_ms, refusal FROM breath.admit_hash(p_keys, p_interval_ms, p_bursts) AS h;
  IF wait_ms IS NULL THEN
    wrapped := breath.account_key(p_account, p_wrapped);
  END IF;
END
$$;
REVOKE ALL ON FUNCTION breath.begin_registration FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.begin_registration TO breath_auth;
