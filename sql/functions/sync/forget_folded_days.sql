-- Trigger: what a device practised before it was reset is no part of the days that follow.
CREATE OR REPLACE FUNCTION breath.forget_folded_days() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
  DELETE FROM breath.folded_days f WHERE f.account_id = NEW.account_id AND f.device_id = NEW.device_id;
  RETURN NULL;
END
$$;
REVOKE ALL ON FUNCTION breath.forget_folded_days FROM PUBLIC;

CREATE OR REPLACE TRIGGER devices_forget_folded_days AFTER UPDATE OF reset_at ON breath.devices
  FOR EACH ROW WHEN (old.reset_at IS DISTINCT FROM new.reset_at) EXECUTE FUNCTION breath.forget_folded_days();
