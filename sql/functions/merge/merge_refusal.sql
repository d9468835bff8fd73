-- Why two accounts cannot be one, by every bound of what the two would be together; NULL when they can. An undo needs
-- none: each side then has no more than both had.
CREATE OR REPLACE FUNCTION breath.merge_refusal(p_source uuid, p_target uuid) RETURNS text
LANGUAGE plpgsql STABLE
AS $$
DECLARE
  pair CONSTANT uuid[] := ARRAY[p_source, p_target];
  bounds record;
  known record;
BEGIN
  SELECT * INTO bounds FROM breath.account_bounds();
  IF EXISTS (SELECT FROM breath.accounts a WHERE a.account_id = ANY (pair) AND breath.is_near_end(a.version)) THEN
    RETURN 'versions near their end';
  END IF;
  SELECT count(DISTINCT d.device_id) AS known,
    count(DISTINCT d.device_id) FILTER (WHERE d.revoked_at IS NULL AND d.left_at IS NULL) AS used
  INTO known FROM breath.devices d WHERE d.account_id = ANY (pair);
  IF known.known > bounds.known_devices_max OR known.used > bounds.devices_max THEN
    RETURN 'too many devices';
  ELSIF (SELECT count(*) FROM breath.merges m WHERE m.account_id = ANY (pair)) >= bounds.merges_max THEN
    RETURN 'too many merges';
  END IF;
  SELECT count(DISTINCT (s.module, s.key)) AS settings, count(*) AS statements
  INTO known FROM breath.settings s WHERE s.account_id = ANY (pair);
  IF known.settings > bounds.settings_max OR known.statements > bounds.statements_max THEN
    RETURN 'too many settings';
  ELSIF (SELECT count(*) FROM breath.shares s WHERE s.account_id = ANY (pair)) > bounds.shares_max
    OR (
      SELECT greatest(sum(a.kept), sum(a.tombstones)) FROM breath.accounts a WHERE a.account_id = ANY (pair)
    ) > bounds.records_max
  THEN
    RETURN 'account full';
  ELSIF (SELECT greatest(a.kept, a.tombstones) FROM breath.accounts a WHERE a.account_id = p_source)
    > bounds.moved_records_max
  THEN
    RETURN 'too much to move';
  END IF;
  RETURN NULL;
END
$$;
REVOKE ALL ON FUNCTION breath.merge_refusal FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.merge_refusal TO breath_merge;
