-- Finds an open grant by the code that a person typed. `outcome`: 'found', 'unknown', or 'locked' with how long to
-- wait. A wrong code stays counted, so it is an answer and no exception.
--   p_decision: of who repeats it, because a reply was lost.
CREATE OR REPLACE FUNCTION breath.find_device_grant(
  p_user_code_hash bytea, p_subjects bytea[], p_tries_max integer[], p_decision text, p_device uuid,
  OUT outcome text, OUT retry_ms bigint, OUT client text, OUT network text, OUT name text, OUT created_at timestamptz,
  OUT expires_at timestamptz, OUT device_code_hash bytea, OUT device uuid
)
LANGUAGE plpgsql
AS $$
BEGIN
  retry_ms := breath.count_code_try(p_subjects, p_tries_max);
  IF retry_ms IS NOT NULL THEN
    outcome := 'locked';
    RETURN;
  END IF;
  SELECT 'found', g.client, g.network, g.name, g.created_at, g.expires_at, g.device_code_hash, g.device_id
  INTO outcome, client, network, name, created_at, expires_at, device_code_hash, device
  FROM breath.device_grants g
  WHERE g.user_code_hash = p_user_code_hash AND g.expires_at > now() AND g.redeemed_at IS NULL
    AND (g.decision IS NULL OR (g.decision = p_decision AND g.decided_by = p_device));
  IF FOUND THEN
    UPDATE breath.wrong_codes w SET tries = w.tries - 1 WHERE w.subject = ANY (p_subjects);
  ELSE
    outcome := 'unknown';
  END IF;
END
$$;
REVOKE ALL ON FUNCTION breath.find_device_grant FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.find_device_grant TO breath_auth;
