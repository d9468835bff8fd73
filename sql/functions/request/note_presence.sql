-- Notes that an account was used today, once a day: enough for retention, and free for the day's other calls.
CREATE OR REPLACE FUNCTION breath.note_presence(p_account uuid) RETURNS void
LANGUAGE sql
AS $$
  UPDATE breath.accounts SET last_seen_on = current_date
  WHERE account_id = p_account AND last_seen_on < current_date
$$;
REVOKE ALL ON FUNCTION breath.note_presence FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.note_presence TO breath_auth, breath_stats, breath_sync;
