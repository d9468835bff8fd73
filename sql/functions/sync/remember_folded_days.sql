-- Trigger: when an account goes back to day totals, notes which sessions its days are made of, before these are
-- removed, so that the same sessions again, or the next ones of a day, count as they should.
CREATE OR REPLACE FUNCTION breath.remember_folded_days() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
  INSERT INTO breath.folded_days AS f (account_id, device_id, local_date, session_keys, active_ms, cycles, xp)
  SELECT NEW.account_id, s.device_id, s.local_date, array_agg(s.key), sum(s.counted_ms), sum(s.cycles), sum(s.xp)
  FROM (
    SELECT n.*, breath.session_key(n.session_id) AS key FROM breath.sessions n WHERE n.account_id = NEW.account_id
  ) AS s
  WHERE NOT EXISTS (
    SELECT FROM breath.folded_days o
    WHERE o.account_id = s.account_id AND o.device_id = s.device_id
      AND o.local_date BETWEEN s.local_date - 4 AND s.local_date + 4 AND s.key = ANY (o.session_keys))
  GROUP BY s.device_id, s.local_date
  ON CONFLICT (account_id, device_id, local_date) DO UPDATE SET
    session_keys = f.session_keys || excluded.session_keys, active_ms = f.active_ms + excluded.active_ms,
    cycles = f.cycles + excluded.cycles, xp = f.xp + excluded.xp;
  RETURN NULL;
END
$$;
REVOKE ALL ON FUNCTION breath.remember_folded_days FROM PUBLIC;

CREATE OR REPLACE TRIGGER accounts_remember_folded_days AFTER UPDATE OF detail ON breath.accounts
  FOR EACH ROW WHEN (old.detail = 'sessions' AND new.detail = 'days') EXECUTE FUNCTION breath.remember_folded_days();
