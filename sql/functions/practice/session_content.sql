-- What tells one session from another, whoever holds it. Compared as jsonb, to which 5 and 5.0 are one number.
CREATE OR REPLACE FUNCTION breath.session_content(p_facts text) RETURNS jsonb
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
  SELECT ('{' || p_facts || '}')::jsonb - ARRAY['id', 'goalBonusXP', 'pledgeMultiplier', 'pledgeHonored']
$$;
REVOKE ALL ON FUNCTION breath.session_content FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.session_content TO breath_merge, breath_sync;
