-- A stored zone as PostgreSQL can count in it. A database that moves to a system with other names, as in a failover or
-- a restore, may not know it any more: that is said in the log, counted in UTC, and must not fail a request. A try
-- costs a subtransaction, so a connection notes the names that it has tried.
CREATE OR REPLACE FUNCTION breath.usable_zone(p_stored text) RETURNS text
LANGUAGE plpgsql STABLE
AS $$
DECLARE
  tried text := ' ' || coalesce(current_setting('breath.usable_zones', true), '');
  other text;
BEGIN
  IF strpos(tried, ' ' || p_stored || ' ') > 0 THEN
    RETURN p_stored;
  END IF;
  PERFORM now() AT TIME ZONE p_stored;
  PERFORM set_config('breath.usable_zones', substr(tried, 2) || p_stored || ' ', false);
  RETURN p_stored;
EXCEPTION WHEN invalid_parameter_value THEN
  other := breath.known_zone(p_stored);
  IF other IS NULL THEN
    RAISE WARNING 'a stored time zone is unknown to this database, so UTC is used; breath doctor names the device'
      USING ERRCODE = 'BM100';
  END IF;
  RETURN coalesce(other, 'UTC');
END
$$;
REVOKE ALL ON FUNCTION breath.usable_zone FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.usable_zone TO breath_auth, breath_merge, breath_stats, breath_sync;
