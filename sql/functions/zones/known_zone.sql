-- The name to store for what a client states, or NULL when that means nothing. Never fails. Offsets as Intl gives them
-- (ECMA-402: +05:30, -0300, +05) become <+05:30>-05:30, which is PostgreSQL's own spelling of a fixed offset: +05:30
-- alone it reads as POSIX does, west of Greenwich. Names become what the tz database of this server calls them, in its
-- spelling: setting TimeZone tells it, and knows no abbreviations. The form of a name keeps out POSIX rules (FOO3),
-- which need digits.
CREATE OR REPLACE FUNCTION breath.known_zone(p_zone text) RETURNS text
LANGUAGE plpgsql STABLE SET "TimeZone" TO 'UTC'
AS $$
DECLARE
  ahead CONSTANT text[] := regexp_match(p_zone, '^([+-])([01][0-9]|2[0-3])(?::?([0-5][0-9]))?$');
  hours_minutes CONSTANT text := ahead[2] || ':' || coalesce(ahead[3], '00');
  -- The same names twice more, as a Unix has them; the leap seconds of the second change no date.
  plain CONSTANT text := regexp_replace(p_zone, '^(posix|right)/', '', 'i');
  candidates text[];
  candidate text;
BEGIN
  IF ahead IS NOT NULL THEN
    RETURN CASE WHEN hours_minutes = '00:00' THEN 'UTC'
      ELSE format('<%1$s%2$s>%3$s%2$s', ahead[1], hours_minutes, translate(ahead[1], '+-', '-+')) END;
  END IF;
  SELECT array_agg(a.name) INTO candidates FROM breath.time_zone_aliases a WHERE a.alias = lower(plain);
  IF plain ~ '^[A-Za-z_-]+(/[A-Za-z_-]+)+$' OR plain ~* '^etc/gmt(\+([1-9]|1[0-2])|-([1-9]|1[0-4]))$' THEN
    candidates := candidates || plain;
    -- This server may be older than the name: Europe/Kyiv was Europe/Kiev.
    candidates := candidates || ARRAY(
      SELECT a.alias FROM breath.time_zone_aliases a WHERE lower(a.name) = lower(plain) AND a.alias LIKE '%/%');
  END IF;
  FOREACH candidate IN ARRAY coalesce(candidates, '{}') LOOP
    BEGIN
      RETURN set_config('TimeZone', candidate, true);
    EXCEPTION WHEN invalid_parameter_value THEN
      NULL;
    END;
  END LOOP;
  RETURN NULL;
END
$$;
REVOKE ALL ON FUNCTION breath.known_zone FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.known_zone TO breath_auth, breath_merge, breath_stats, breath_sync;
