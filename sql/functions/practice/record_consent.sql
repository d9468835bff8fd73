-- Records a choice, once: the same choice of the same text again is no news. With its owner's rights, because a choice
-- of detail does what PUT /v1/sync/detail does, to tables that auth has no business with; the account is the one
-- entered.
CREATE OR REPLACE FUNCTION breath.record_consent(
  p_account uuid, p_device uuid, p_subject text, p_choice text, p_text_version text,
  OUT removed_sessions bigint, OUT kept_days bigint
)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  newest breath.consents;
BEGIN
  removed_sessions := 0;
  kept_days := 0;
  IF p_account IS DISTINCT FROM nullif(current_setting('breath.account', true), '')::uuid THEN
    RAISE EXCEPTION 'another account' USING ERRCODE = 'insufficient_privilege';
  END IF;
  SELECT * INTO newest FROM breath.consents AS c
  WHERE c.account_id = p_account AND c.subject = p_subject
  ORDER BY c.recorded_at DESC LIMIT 1;
  IF p_subject = 'detail' THEN
    SELECT d.removed_sessions, d.kept_days INTO removed_sessions, kept_days
    FROM breath.choose_detail(p_account, p_device, p_choice) AS d;
    -- A change has made a row, which knows of no text.
    UPDATE breath.consents AS c SET text_version = p_text_version
    WHERE c.account_id = p_account AND c.subject = p_subject AND c.text_version IS NULL
      AND c.recorded_at > coalesce(newest.recorded_at, '-infinity');
    IF FOUND THEN
      RETURN;
    END IF;
  ELSE
    UPDATE breath.accounts AS a SET social = (p_choice = 'granted') WHERE a.account_id = p_account;
  END IF;
  IF newest.choice IS DISTINCT FROM p_choice OR newest.text_version IS DISTINCT FROM p_text_version THEN
    INSERT INTO breath.consents (account_id, device_id, subject, choice, text_version)
    VALUES (p_account, p_device, p_subject, p_choice, p_text_version);
  END IF;
END
$$;
REVOKE ALL ON FUNCTION breath.record_consent FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.record_consent TO breath_auth;
