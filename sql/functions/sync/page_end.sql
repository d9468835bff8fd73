-- The version of the last row, of those behind p_start and up to p_end, with which a page of an account's rows weighs
-- at most p_bytes as JSON; of the first row, when that alone weighs more: a page that does not move on is asked for for
-- ever.
--   p_others: whose sessions and day totals; p_winning: settings, by their versions.
CREATE OR REPLACE FUNCTION breath.page_end(
  p_account uuid, p_device uuid, p_start bigint, p_end bigint, p_own boolean, p_others uuid[], p_winning bigint[],
  p_bytes integer
) RETURNS bigint
LANGUAGE sql STABLE
AS $$
  SELECT max(summed.version)
  FROM (
    SELECT r.version, sum(r.bytes) OVER (ORDER BY r.version) AS bytes, row_number() OVER (ORDER BY r.version) AS place
    FROM (
      -- Beside what is weighed stand the names of the members, ids and times.
      SELECT s.version, octet_length(s.facts) + 80 AS bytes
      FROM unnest(p_others) AS o (device_id)
      CROSS JOIN LATERAL breath.sessions_between(p_account, o.device_id, p_start, p_end) AS s
      UNION ALL
      SELECT t.version, octet_length(breath.day_json(t)) + 1
      FROM unnest(p_others) AS o (device_id)
      CROSS JOIN LATERAL breath.days_between(p_account, o.device_id, p_start, p_end) AS t
      UNION ALL
      SELECT t.version, octet_length(to_json(t.key)::text) + octet_length(t.value) + 160 FROM breath.settings t
      WHERE t.account_id = p_account AND t.version = ANY (p_winning) AND t.version <= p_end
      UNION ALL
      SELECT t.version, octet_length(to_json(t.session_id)::text) + 80
      FROM breath.tombstones_between(p_account, p_start, p_end) AS t
      WHERE (p_own OR t.deleted_by <> p_device) AND t.session_id IS NOT NULL
    ) AS r
  ) AS summed
  WHERE summed.bytes <= p_bytes OR summed.place = 1
$$;
REVOKE ALL ON FUNCTION breath.page_end FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.page_end TO breath_sync;
