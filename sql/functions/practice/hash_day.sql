-- Trigger: keeps a day's hash with its reported numbers, whoever writes them.
CREATE OR REPLACE FUNCTION breath.hash_day() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
  SELECT h.high, h.low INTO new.hash_high, new.hash_low
  FROM breath.day_hash(
    new.device_id, new.local_date, new.reported_sessions, new.reported_active_ms, new.reported_cycles, new.reported_xp
  ) AS h;
  RETURN new;
END
$$;
REVOKE ALL ON FUNCTION breath.hash_day FROM PUBLIC;

CREATE OR REPLACE TRIGGER day_totals_hash_new BEFORE INSERT ON breath.day_totals
  FOR EACH ROW WHEN (greatest(
    new.reported_sessions, new.reported_active_ms, new.reported_cycles, new.reported_xp) > 0)
  EXECUTE FUNCTION breath.hash_day();
CREATE OR REPLACE TRIGGER day_totals_hash_changed
  BEFORE UPDATE OF reported_sessions, reported_active_ms, reported_cycles, reported_xp ON breath.day_totals
  FOR EACH ROW WHEN (
    (old.reported_sessions, old.reported_active_ms, old.reported_cycles, old.reported_xp)
      IS DISTINCT FROM (new.reported_sessions, new.reported_active_ms, new.reported_cycles, new.reported_xp))
  EXECUTE FUNCTION breath.hash_day();
