-- Enrols a device by its id and the hash of its secret. The first time this makes an anonymous account; every time
-- after, it finds that account again, so that a lost reply strands nobody. Another secret raises BM409.
CREATE OR REPLACE FUNCTION breath.enrol_device(
  p_device uuid, p_secret_hash bytea, p_new_account uuid, p_name text, p_time_zone text, p_refresh_session uuid,
  OUT is_new boolean, OUT account uuid, OUT tenant uuid, OUT generation integer
)
LANGUAGE plpgsql
AS $$
BEGIN
  INSERT INTO breath.device_credentials (device_id, account_id, secret_hash)
  VALUES (p_device, p_new_account, p_secret_hash)
  ON CONFLICT (device_id) DO NOTHING;
  is_new := FOUND;
  IF is_new THEN
    account := p_new_account;
    PERFORM set_config('breath.account', account::text, true);
    INSERT INTO breath.accounts (account_id, version) VALUES (account, 1);
    INSERT INTO breath.devices (account_id, device_id, version, name, time_zone)
    VALUES (account, p_device, 1, p_name, breath.zone_of_new_device(account, p_time_zone));
  ELSE
    SELECT account_id INTO account
    FROM breath.device_credentials
    WHERE device_id = p_device AND secret_hash = p_secret_hash;
    IF NOT FOUND THEN
      RAISE EXCEPTION 'device exists' USING ERRCODE = 'BM409';
    END IF;
    PERFORM set_config('breath.account', account::text, true);
  END IF;
  SELECT s.tenant, s.generation INTO tenant, generation
  FROM breath.begin_refresh_session(account, p_device, p_refresh_session) AS s;
END
$$;
REVOKE ALL ON FUNCTION breath.enrol_device FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.enrol_device TO breath_auth;
