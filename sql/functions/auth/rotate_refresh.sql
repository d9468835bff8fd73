-- Exchanges a refresh token for its successor. `outcome`: 'current' and a counter to issue, or why not. One generation
-- back is an honest client whose reply was lost, or another window of the same editor: it gets the same successor.
-- Further back is a copy: the device is signed out at once, access tokens included, and that must be committed, so it
-- is an answer and no exception.
CREATE OR REPLACE FUNCTION breath.rotate_refresh(
  p_account uuid, p_session uuid, p_counter bigint, p_request_id text DEFAULT '',
  p_now timestamptz DEFAULT clock_timestamp(),
  OUT outcome text, OUT next_counter bigint, OUT device uuid, OUT tenant uuid, OUT generation integer
)
LANGUAGE plpgsql
AS $$
DECLARE
  session breath.refresh_sessions;
BEGIN
  PERFORM set_config('breath.account', p_account::text, true);
  SELECT a.tenant_id INTO tenant FROM breath.accounts AS a WHERE a.account_id = p_account FOR NO KEY UPDATE;
  SELECT * INTO session FROM breath.refresh_sessions AS s
  WHERE s.account_id = p_account AND s.session_id = p_session AND s.ended_at IS NULL;
  outcome := 'ended';
  IF NOT FOUND THEN
    RETURN;
  END IF;
  device := session.device_id;
  SELECT j.outcome, j.next_counter INTO outcome, next_counter
  FROM breath.judge_refresh(p_counter, session.counter, session.created_at, session.rotated_at, p_now) AS j;
  IF outcome = 'reused' THEN
    PERFORM breath.end_sessions(p_account, ARRAY[device], 'reuse');
    INSERT INTO breath.push_ledger (account_id, device_id, request_id, kind, stored, duplicate, rejected, verdicts)
    VALUES (
      p_account, device, p_request_id, 'signed_out', 0, 0, 0,
      '[{"status": "signed_out", "code": "refresh_reused"}]');
  END IF;
  IF outcome <> 'current' THEN
    RETURN;
  END IF;
  SELECT d.token_generation INTO generation
  FROM breath.devices AS d
  WHERE d.account_id = p_account AND d.device_id = device AND d.revoked_at IS NULL;
  IF NOT FOUND THEN
    outcome := 'ended';
    RETURN;
  END IF;
  IF next_counter > p_counter THEN
    UPDATE breath.refresh_sessions AS s SET counter = next_counter, rotated_at = p_now
    WHERE s.account_id = p_account AND s.session_id = p_session;
    PERFORM breath.note_presence(p_account);
  END IF;
END
$$;
REVOKE ALL ON FUNCTION breath.rotate_refresh FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.rotate_refresh TO breath_auth;
