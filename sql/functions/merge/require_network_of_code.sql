-- Before a code is redeemed: one that belongs to another network is as good as unknown. A code that nobody has is left
-- to redeem_pairing, which counts it.
CREATE OR REPLACE FUNCTION breath.require_network_of_code(p_code_hash bytea, p_network bytea) RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
  PERFORM FROM breath.pairing_codes c
  WHERE c.code_hash = p_code_hash AND c.network <> p_network AND c.redeemed_at IS NULL;
  IF FOUND THEN
    RAISE EXCEPTION 'made in another network' USING ERRCODE = 'BM404';
  END IF;
END
$$;
REVOKE ALL ON FUNCTION breath.require_network_of_code FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.require_network_of_code TO breath_auth;
