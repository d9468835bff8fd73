-- Whether the caller has the machine's own secret. What outlives an access token is made only by those who do
-- (docs/decisions/0034).
CREATE OR REPLACE FUNCTION breath.has_secret(p_account uuid, p_device uuid, p_secret_hash bytea) RETURNS boolean
LANGUAGE sql STABLE
AS $$
  SELECT EXISTS (
    SELECT FROM breath.device_credentials c
    WHERE c.device_id = p_device AND c.account_id = p_account AND c.secret_hash = p_secret_hash)
$$;
REVOKE ALL ON FUNCTION breath.has_secret FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.has_secret TO breath_auth;
