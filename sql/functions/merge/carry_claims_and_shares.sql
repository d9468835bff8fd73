-- Carries challenges and shares along with an account that is merged into `p_to`, or is its own again where that is
-- NULL; `p_from`: into which it was merged before, NULL for none. What it was awarded counts in the other account as
-- well, and what both claimed counts once; an undo takes it back.
CREATE OR REPLACE FUNCTION breath.carry_claims_and_shares(p_account uuid, p_from uuid, p_to uuid) RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
  IF p_to IS NULL THEN
    DELETE FROM breath.challenge_claims WHERE account_id = p_from AND merged_from = p_account;
  ELSE
    INSERT INTO breath.challenge_claims (account_id, local_date, challenge, xp, claimed_at, merged_from)
    SELECT p_to, c.local_date, c.challenge, c.xp, c.claimed_at, p_account
    FROM breath.challenge_claims c WHERE c.account_id = p_account
    ON CONFLICT DO NOTHING;
  END IF;
  UPDATE breath.accounts a SET awarded_xp = (
    SELECT coalesce(sum(c.xp), 0) FROM breath.challenge_claims c WHERE c.account_id = a.account_id)
  WHERE a.account_id = coalesce(p_to, p_from);
  -- A share is where its account is, so that whoever has that account now sees and can revoke it.
  UPDATE breath.shares s SET account_id = coalesce(p_to, p_account),
    merged_from = CASE WHEN p_to IS NOT NULL THEN p_account END
  WHERE s.account_id = coalesce(p_from, p_account) AND coalesce(s.merged_from, s.account_id) = p_account;
END
$$;
REVOKE ALL ON FUNCTION breath.carry_claims_and_shares FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.carry_claims_and_shares TO breath_merge;
