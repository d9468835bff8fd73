SET LOCAL ROLE breath_maintenance;

-- Lists that a person looks at keep their newest rows. With the rights of maintenance, which alone may take rows away.
CREATE OR REPLACE FUNCTION breath.keep_newest() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  consents_max CONSTANT integer := 1000;
  pushes_max CONSTANT integer := 5000;
  sessions_max CONSTANT integer := 100;
  mails_max CONSTANT integer := 100;
BEGIN
  CASE TG_TABLE_NAME
  -- The newest choice of each subject stays, however old it is.
  WHEN 'consents' THEN
    DELETE FROM breath.consents c
    WHERE c.account_id = NEW.account_id AND c.recorded_at < (
        SELECT k.recorded_at FROM breath.consents k WHERE k.account_id = NEW.account_id
        ORDER BY k.recorded_at DESC OFFSET consents_max - 1 LIMIT 1)
      AND EXISTS (
        SELECT FROM breath.consents n
        WHERE n.account_id = NEW.account_id AND n.subject = c.subject AND n.recorded_at > c.recorded_at);
  WHEN 'push_ledger' THEN
    DELETE FROM breath.push_ledger l
    WHERE l.account_id = NEW.account_id AND l.entry < (
      SELECT k.entry FROM breath.push_ledger k WHERE k.account_id = NEW.account_id
      ORDER BY k.entry DESC OFFSET pushes_max - 1 LIMIT 1);
  -- Of one device. Who comes with the token of one that is gone signs in with its secret.
  WHEN 'refresh_sessions' THEN
    DELETE FROM breath.refresh_sessions s
    WHERE s.account_id = NEW.account_id AND s.device_id = NEW.device_id AND s.rotated_at < (
      SELECT k.rotated_at FROM breath.refresh_sessions k
      WHERE k.account_id = NEW.account_id AND k.device_id = NEW.device_id
      ORDER BY k.rotated_at DESC OFFSET sessions_max - 1 LIMIT 1);
  -- One that still waits to be sent stays.
  WHEN 'outbox' THEN
    DELETE FROM breath.outbox o
    WHERE o.account_id = NEW.account_id AND (o.sent_at IS NOT NULL OR o.expires_at < now()) AND o.created_at < (
      SELECT k.created_at FROM breath.outbox k WHERE k.account_id = NEW.account_id
      ORDER BY k.created_at DESC OFFSET mails_max - 1 LIMIT 1);
  END CASE;
  RETURN NULL;
END
$$;
REVOKE ALL ON FUNCTION breath.keep_newest FROM PUBLIC;

RESET ROLE;
CREATE OR REPLACE TRIGGER consents_keep_newest AFTER INSERT ON breath.consents
  FOR EACH ROW EXECUTE FUNCTION breath.keep_newest();
CREATE OR REPLACE TRIGGER outbox_keep_newest AFTER INSERT ON breath.outbox
  FOR EACH ROW EXECUTE FUNCTION breath.keep_newest();
-- Not at every push, which it would cost more than it is worth, and by chance, so that nobody can push past it.
CREATE OR REPLACE TRIGGER push_ledger_keep_newest AFTER INSERT ON breath.push_ledger
  FOR EACH ROW WHEN (random() < 1.0 / 256) EXECUTE FUNCTION breath.keep_newest();
CREATE OR REPLACE TRIGGER refresh_sessions_keep_newest AFTER INSERT ON breath.refresh_sessions
  FOR EACH ROW EXECUTE FUNCTION breath.keep_newest();
