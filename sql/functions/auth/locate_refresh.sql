SET LOCAL ROLE breath_merge;

-- Which account a refresh session is in now: the one its token names, or where a merge or an undo took it since. Takes
-- that account's row, so that it stays true. NULL when there is no such session.
CREATE OR REPLACE FUNCTION breath.locate_refresh(p_account uuid, p_session uuid) RETURNS uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  found_in uuid;
BEGIN
  LOOP
    WITH RECURSIVE reachable AS (
      SELECT p_account AS account_id
      UNION
      SELECT next.account_id
      FROM reachable r
      CROSS JOIN LATERAL (
        SELECT a.merged_into AS account_id FROM breath.accounts a
        WHERE a.account_id = r.account_id AND a.merged_into IS NOT NULL
        UNION ALL
        SELECT m.source FROM breath.merges m WHERE m.account_id = r.account_id AND m.undone_at IS NOT NULL
      ) AS next
    )
    SELECT s.account_id INTO found_in
    FROM reachable r JOIN breath.refresh_sessions s ON s.account_id = r.account_id AND s.session_id = p_session;
    EXIT WHEN found_in IS NULL;
    PERFORM breath.lock_accounts(ARRAY[found_in]);
    EXIT WHEN EXISTS (
      SELECT FROM breath.refresh_sessions WHERE account_id = found_in AND session_id = p_session);
  END LOOP;
  RETURN found_in;
END
$$;
REVOKE ALL ON FUNCTION breath.locate_refresh FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.locate_refresh TO breath_auth;
