-- Judges a refresh token that is so many turns old (docs/tokens.md): 'current' with the counter to issue, 'reused',
-- 'expired' or 'ended'. One turn back is an honest client whose reply was lost; further back is a copy. A turn lasts at
-- least a minute after it was last issued to somebody who showed the one before: until then a window may have read that
-- one, and its request may still be on its way.
CREATE OR REPLACE FUNCTION breath.judge_refresh(
  p_shown bigint, p_current bigint, p_created_at timestamptz, p_rotated_at timestamptz, p_now timestamptz,
  OUT outcome text, OUT next_counter bigint
)
LANGUAGE sql IMMUTABLE
AS $$
  SELECT CASE
      WHEN p_shown > p_current THEN 'ended'
      WHEN p_rotated_at < p_now - interval '30 days' OR p_created_at < p_now - interval '180 days' THEN 'expired'
      WHEN p_shown < p_current - 1 THEN 'reused'
      ELSE 'current'
    END,
    CASE WHEN p_shown = p_current AND p_rotated_at < p_now - interval '60 seconds' THEN p_current + 1 ELSE p_current END
$$;
REVOKE ALL ON FUNCTION breath.judge_refresh FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.judge_refresh TO breath_auth;
