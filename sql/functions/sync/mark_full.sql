-- Marks as 'account_full' each session that is new and for which there is no room any more.
CREATE OR REPLACE FUNCTION breath.mark_full(p_account uuid, p_device uuid, p_room bigint, p_ids text[], p_known text[])
RETURNS text[]
LANGUAGE sql STABLE
AS $$
  SELECT array_agg(
    CASE WHEN i.is_new AND i.used > p_room THEN 'account_full' ELSE i.known END ORDER BY i.place)
  FROM (
    SELECT n.*, count(*) FILTER (WHERE n.is_new) OVER (ORDER BY n.place) AS used
    FROM (
      SELECT u.place, p_known[u.place] AS known,
        coalesce(p_known[u.place], 'held_by_other_device') = 'held_by_other_device'
          AND NOT EXISTS (SELECT FROM breath.session_named(p_account, p_device, u.session_id)) AS is_new
      FROM unnest(p_ids) WITH ORDINALITY AS u (session_id, place)
    ) AS n
  ) AS i
$$;
REVOKE ALL ON FUNCTION breath.mark_full FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.mark_full TO breath_sync;
