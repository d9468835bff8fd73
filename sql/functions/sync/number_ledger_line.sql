-- Trigger: numbers a line of an account's ledger by the time in microseconds, and always above the line before it, also
-- when the clock stepped back. So the account alone decides the order, and lines that a merge brings together are in
-- order by themselves. Whoever writes a line holds the account's row.
CREATE OR REPLACE FUNCTION breath.number_ledger_line() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
  NEW.entry := greatest(
    (SELECT l.entry + 1 FROM breath.push_ledger l WHERE l.account_id = NEW.account_id ORDER BY l.entry DESC LIMIT 1),
    (extract(epoch FROM clock_timestamp()) * 1000000)::bigint);
  RETURN NEW;
END
$$;
REVOKE ALL ON FUNCTION breath.number_ledger_line FROM PUBLIC;

CREATE OR REPLACE TRIGGER push_ledger_number BEFORE INSERT ON breath.push_ledger
  FOR EACH ROW EXECUTE FUNCTION breath.number_ledger_line();
