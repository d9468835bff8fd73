SET LOCAL ROLE breath_owner;

-- What a refresh token is worth that is so many turns old (RELIABILITY 3.2, docs/tokens.md). One turn back is an honest
-- client whose reply was lost; further back is a copy. A turn lasts at least a minute, from when it was last told to
-- somebody who showed the one before: until then a window may have read that one, and its request may still be on its way.
CREATE FUNCTION breath.judge_refresh(
  p_shown bigint, p_current bigint, p_created_at timestamptz, p_rotated_at timestamptz, p_now timestamptz,
  OUT outcome text, OUT next_counter bigint
)
LANGUAGE sql IMMUTABLE
AS $$
  SELECT CASE
      WHEN p_shown > p_current THEN 'ended'
      WHEN p_rotated_at < p_now - interval '30 days' OR p_created_at < p_now - interval '180 days' THEN 'expired'
      WHEN p_shown < p_current - 1 THEN 'reused'
      ELSE 'current'
    END,
    CASE WHEN p_shown = p_current AND p_rotated_at < p_now - interval '60 seconds' THEN p_current + 1 ELSE p_current END
$$;

ALTER TABLE breath.push_ledger DROP CONSTRAINT push_ledger_kind_known;
ALTER TABLE breath.push_ledger ADD CONSTRAINT push_ledger_kind_known CHECK (
  kind IN ('sessions', 'days', 'counters', 'settings', 'deletions', 'reset', 'unreadable', 'signed_out'));
GRANT INSERT ON breath.push_ledger TO breath_auth;

-- Exchanges a refresh token for its successor. `outcome`: 'current' and a counter to issue, or why not. A copy signs its
-- device out at once, access tokens included, and the person's ledger says so; that must be committed, so it is an answer
-- and no exception.
--   p_now: for tests that play months in a moment.
DROP FUNCTION breath.rotate_refresh;
CREATE FUNCTION breath.rotate_refresh(
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
    UPDATE breath.refresh_sessions AS s SET ended_at = p_now, end_reason = 'reuse'
    WHERE s.account_id = p_account AND s.device_id = device AND s.ended_at IS NULL;
    UPDATE breath.devices AS d SET token_generation = d.token_generation + 1
    WHERE d.account_id = p_account AND d.device_id = device;
    INSERT INTO breath.push_ledger (account_id, device_id, request_id, kind, stored, duplicate, rejected, verdicts)
    VALUES (p_account, device, p_request_id, 'signed_out', 0, 0, 0, '[{"status": "signed_out", "code": "refresh_reused"}]');
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

REVOKE ALL ON FUNCTION breath.judge_refresh, breath.rotate_refresh FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.judge_refresh, breath.rotate_refresh TO breath_auth;
