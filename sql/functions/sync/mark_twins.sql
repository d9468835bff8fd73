-- Marks as 'held_by_other_device' each session that another device of the account holds; what has a status keeps it.
-- Plans that depend on how many sessions come would be made anew for each push, hence the setting.
CREATE OR REPLACE FUNCTION breath.mark_twins(
  p_account uuid, p_device uuid, p_started_at timestamptz[], p_facts text[], p_known text[]
) RETURNS text[]
LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan
AS $$
DECLARE
  places bigint[] := ARRAY(
    SELECT i.place
    FROM unnest(p_started_at, p_facts) WITH ORDINALITY AS i (started_at, facts, place)
    CROSS JOIN LATERAL breath.sessions_begun(p_account, i.started_at) AS t
    WHERE t.device_id <> p_device AND breath.session_content(t.facts) = breath.session_content(i.facts));
BEGIN
  IF cardinality(places) = 0 THEN
    RETURN p_known;
  END IF;
  RETURN ARRAY(
    SELECT coalesce(p_known[i], CASE WHEN i = ANY (places) THEN 'held_by_other_device' END)
    FROM generate_series(1, cardinality(p_started_at)) AS i ORDER BY i);
END
$$;
REVOKE ALL ON FUNCTION breath.mark_twins FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.mark_twins TO breath_sync;
