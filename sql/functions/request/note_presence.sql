-- Once a day is enough for retention, and costs the other calls of the day nothing.
CREATE OR REPLACE FUNCTION breath.note_presence(p_account uuid) RETURNS void
LANGUAGE sql
AS $$
  UPDATE breath.accounts SET last_seen_on = current_date
  WHERE account_id = p_account AND last_seen_on < current_date
$$;
REVOKE ALL ON FUNCTION breath.note_presence FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.note_presence TO breath_auth, breath_stats, breath_sync;
