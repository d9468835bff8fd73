-- Begins the pipeline of a reader who has nothing but the id of a share, in the account that it is of. BM40S for an id
-- that is unknown, revoked or of an erased account.
CREATE OR REPLACE FUNCTION breath.open_share(p_share uuid, OUT account uuid, OUT content text[], OUT name text)
LANGUAGE plpgsql
AS $$
BEGIN
  PERFORM set_config('breath.share', p_share::text, true);
  SELECT s.account_id, s.content, s.name INTO account, content, name FROM breath.shares s WHERE s.share_id = p_share;
  PERFORM set_config('breath.share', '', true);
  IF account IS NULL THEN
    RAISE EXCEPTION 'no such share' USING ERRCODE = 'BM40S';
  END IF;
  PERFORM set_config('breath.account', account::text, true);
END
$$;
REVOKE ALL ON FUNCTION breath.open_share FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.open_share TO breath_stats;
