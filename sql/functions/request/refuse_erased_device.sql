-- Trigger: refuses a new credential of a device that was erased with its account (BM410). One that has a credential now
-- is at home in another account: it had left the erased one, or was known there from a copy only.
CREATE OR REPLACE FUNCTION breath.refuse_erased_device() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM breath.device_credentials c WHERE c.device_id = NEW.device_id) THEN
    PERFORM breath.refuse_erased(NEW.device_id);
  END IF;
  RETURN NEW;
END
$$;
REVOKE ALL ON FUNCTION breath.refuse_erased_device FROM PUBLIC;

CREATE OR REPLACE TRIGGER device_credentials_refuse_erased BEFORE INSERT ON breath.device_credentials
  FOR EACH ROW EXECUTE FUNCTION breath.refuse_erased_device();
