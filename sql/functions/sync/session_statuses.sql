-- After an insert that yielded: NULL for what it stored, whose versions are later than the account's was, and for the
-- rest whether it is the same session or another one under its id; what has a status keeps it. The range of one id
-- makes the planner take the primary key, for its order, even when it knows nothing of the table.
CREATE OR REPLACE FUNCTION breath.session_statuses(
  p_account uuid, p_device uuid, p_version bigint, p_ids text[], p_hash_high bigint[], p_hash_low bigint[],
  p_known text[]
) RETURNS text[]
LANGUAGE sql STABLE
AS $$
  SELECT array_agg(coalesce(p_known[i.place], CASE
      WHEN s.version > p_version THEN NULL
      WHEN s.hash_high = i.high AND s.hash_low = i.low THEN 'duplicate'
      ELSE 'conflict' END) ORDER BY i.place)
  FROM unnest(p_ids, p_hash_high, p_hash_low) WITH ORDINALITY AS i (session_id, high, low, place)
  LEFT JOIN LATERAL (
    SELECT t.version, t.hash_high, t.hash_low FROM breath.sessions t
    WHERE t.account_id = p_account AND t.device_id = p_device
      AND t.session_id BETWEEN i.session_id AND i.session_id
    ORDER BY t.session_id LIMIT 1
  ) AS s ON true
$$;
REVOKE ALL ON FUNCTION breath.session_statuses FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.session_statuses TO breath_sync;
