-- Begins a refresh session of a device, which must not be revoked (BM401). Every way in ends here.
CREATE OR REPLACE FUNCTION breath.begin_refresh_session(
  p_account uuid, p_device uuid, p_session uuid, OUT tenant uuid, OUT generation integer
)
LANGUAGE plpgsql
AS $$
BEGIN
  SELECT a.tenant_id INTO tenant FROM breath.accounts AS a WHERE a.account_id = p_account FOR NO KEY UPDATE;
  SELECT d.token_generation INTO generation
  FROM breath.devices AS d
  WHERE d.account_id = p_account AND d.device_id = p_device AND d.revoked_at IS NULL;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'device revoked' USING ERRCODE = 'BM401';
  END IF;
  INSERT INTO breath.refresh_sessions (account_id, session_id, device_id) VALUES (p_account, p_session, p_device);
  PERFORM breath.note_presence(p_account);
END
$$;
REVOKE ALL ON FUNCTION breath.begin_refresh_session FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.begin_refresh_session TO breath_auth;
