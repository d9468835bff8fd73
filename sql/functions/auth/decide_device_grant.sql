-- Lets a signed-in device decide on a grant; its account is locked and entered. `outcome` as find_device_grant has it,
-- and 'elsewhere' when the device that asks is at home in another account, which pairing may merge and this may not.
CREATE OR REPLACE FUNCTION breath.decide_device_grant(
  p_user_code_hash bytea, p_subjects bytea[], p_tries_max integer[], p_decision text, p_account uuid, p_device uuid,
  OUT outcome text, OUT retry_ms bigint
)
LANGUAGE plpgsql
AS $$
DECLARE
  asked record;
BEGIN
  SELECT * INTO asked FROM breath.find_device_grant(p_user_code_hash, p_subjects, p_tries_max, p_decision, p_device);
  outcome := asked.outcome;
  retry_ms := asked.retry_ms;
  IF outcome <> 'found' THEN
    RETURN;
  ELSIF p_decision = 'approve' AND EXISTS (
    SELECT FROM breath.device_credentials c WHERE c.device_id = asked.device AND c.account_id <> p_account
  ) THEN
    outcome := 'elsewhere';
    RETURN;
  END IF;
  UPDATE breath.device_grants g SET decision = p_decision, account_id = p_account, decided_by = p_device
  WHERE g.device_code_hash = asked.device_code_hash
    AND (g.decision IS NULL OR (g.decision = p_decision AND g.decided_by = p_device));
  IF NOT FOUND THEN
    outcome := 'unknown';
  END IF;
END
$$;
REVOKE ALL ON FUNCTION breath.decide_device_grant FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.decide_device_grant TO breath_auth;
