-- Trigger: carries challenges and shares along with a merge. What the source was awarded counts in the target as well,
-- and what both claimed counts once; an undo takes it back.
CREATE OR REPLACE FUNCTION breath.carry_along() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  IF new.merged_into IS NULL THEN
    DELETE FROM breath.challenge_claims WHERE account_id = old.merged_into AND merged_from = new.account_id;
  ELSE
    INSERT INTO breath.challenge_claims (account_id, local_date, challenge, xp, claimed_at, merged_from)
    SELECT new.merged_into, c.local_date, c.challenge, c.xp, c.claimed_at, new.account_id
    FROM breath.challenge_claims c WHERE c.account_id = new.account_id
    ON CONFLICT DO NOTHING;
  END IF;
  UPDATE breath.accounts a SET awarded_xp = (
    SELECT coalesce(sum(c.xp), 0) FROM breath.challenge_claims c WHERE c.account_id = a.account_id)
  WHERE a.account_id = coalesce(new.merged_into, old.merged_into);
  -- A share is where its account is, so that whoever has that account now sees and can revoke it.
  UPDATE breath.shares s SET account_id = coalesce(new.merged_into, new.account_id),
    merged_from = CASE WHEN new.merged_into IS NOT NULL THEN new.account_id END
  WHERE s.account_id = coalesce(old.merged_into, new.account_id)
    AND coalesce(s.merged_from, s.account_id) = new.account_id;
  RETURN NULL;
END
$$;
REVOKE ALL ON FUNCTION breath.carry_along FROM PUBLIC;

CREATE OR REPLACE TRIGGER accounts_carry_along AFTER UPDATE OF merged_into ON breath.accounts
  FOR EACH ROW WHEN (old.merged_into IS DISTINCT FROM new.merged_into) EXECUTE FUNCTION breath.carry_along();
