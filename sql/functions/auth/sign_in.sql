-- Lets a device in by an identity that was verified. What it comes to, by who knows whom:
--   nobody: a new account. The device's account alone: it gains the identity. The identity's account alone, or both the
--   same: the device is let in. Two accounts: the device's is merged into the identity's, when that was asked for.
-- `outcome`: 'in', or why not: 'needs_merge', 'account_has_login', 'other_identity'.
CREATE OR REPLACE FUNCTION breath.sign_in(
  p_issuer text, p_subject text, p_device uuid, p_secret_hash bytea, p_new_account uuid, p_name text, p_time_zone text,
  p_merges boolean, p_refresh_session uuid,
  OUT outcome text, OUT is_new boolean, OUT account uuid, OUT tenant uuid, OUT generation integer
)
LANGUAGE plpgsql
AS $$
DECLARE
  known uuid := (SELECT i.account_id FROM breath.identities i WHERE i.issuer = p_issuer AND i.subject = p_subject);
  own uuid := (SELECT c.account_id FROM breath.device_credentials c WHERE c.device_id = p_device);
BEGIN
  PERFORM breath.lock_accounts(ARRAY[known, own]);
  IF known IS DISTINCT FROM (
    SELECT i.account_id FROM breath.identities i WHERE i.issuer = p_issuer AND i.subject = p_subject)
    OR own IS DISTINCT FROM (SELECT c.account_id FROM breath.device_credentials c WHERE c.device_id = p_device)
  THEN
    RAISE EXCEPTION 'moved meanwhile' USING ERRCODE = '40001';
  END IF;
  is_new := known IS NULL AND own IS NULL;
  outcome := 'in';
  IF own IS NOT NULL AND known IS NOT NULL AND own <> known THEN
    outcome := CASE
      WHEN NOT p_merges THEN 'needs_merge'
      WHEN NOT breath.is_anonymous(own) THEN 'account_has_login'
      ELSE 'in' END;
  ELSIF known IS NULL AND EXISTS (SELECT FROM breath.identities i WHERE i.account_id = own AND i.issuer = p_issuer) THEN
    outcome := 'other_identity';
  END IF;
  IF outcome <> 'in' THEN
    RETURN;
  END IF;

  IF known IS NULL THEN
    SELECT e.account, e.tenant, e.generation INTO account, tenant, generation
    FROM breath.enrol_device(p_device, p_secret_hash, p_new_account, p_name, p_time_zone, p_refresh_session) AS e;
    INSERT INTO breath.identities (issuer, subject, account_id) VALUES (p_issuer, p_subject, account)
    ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
      RAISE EXCEPTION 'linked meanwhile' USING ERRCODE = '40001';
    END IF;
    RETURN;
  END IF;
  account := known;
  IF own <> known THEN
    PERFORM FROM breath.device_credentials c WHERE c.device_id = p_device AND c.secret_hash = p_secret_hash;
    IF NOT FOUND THEN
      RAISE EXCEPTION 'device exists' USING ERRCODE = 'BM409';
    END IF;
    PERFORM breath.merge_accounts(own, known, p_device);
  END IF;
  PERFORM set_config('breath.account', account::text, true);
  SELECT j.tenant, j.generation INTO tenant, generation
  FROM breath.join_device(account, p_device, p_secret_hash, p_name, p_time_zone, p_refresh_session) AS j;
END
$$;
REVOKE ALL ON FUNCTION breath.sign_in FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.sign_in TO breath_auth;
