-- The union of dates with practice, after these got some and these of a device have none: they leave when nobody else
-- practised on them.
CREATE OR REPLACE FUNCTION breath.practised_after(p_account uuid, p_practised date[], p_emptied date[])
RETURNS datemultirange
LANGUAGE sql STABLE
AS $$
  SELECT a.practised
    + coalesce((SELECT range_agg(daterange(d, d, '[]')) FROM unnest(p_practised) AS d), '{}')
    - coalesce((
      SELECT range_agg(daterange(d, d, '[]')) FROM unnest(p_emptied) AS d
      WHERE NOT EXISTS (SELECT FROM breath.days_on(p_account, d) AS t WHERE t.sessions > 0)), '{}')
  FROM breath.accounts a WHERE a.account_id = p_account
$$;
REVOKE ALL ON FUNCTION breath.practised_after FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.practised_after TO breath_merge, breath_sync;
