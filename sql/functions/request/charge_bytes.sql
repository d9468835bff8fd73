-- What an account without a sign-in of its own sends is counted in bytes as well: whoever makes such accounts only to
-- fill the disk is slowed down, and a person's history of ten years fits into what is free at once. By the limiter that
-- counts requests, with a step as long as these bytes take at so many a day.
CREATE OR REPLACE FUNCTION breath.charge_bytes(
  p_account uuid, p_limit_key bytea, p_bytes bigint, p_bytes_a_day double precision, p_burst_bytes double precision
) RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
  IF breath.is_anonymous(p_account) THEN
    PERFORM breath.admit(
      p_limit_key, p_bytes * 86400000.0 / p_bytes_a_day, greatest(1, least(1e6, p_burst_bytes / p_bytes))::integer);
  END IF;
END
$$;
REVOKE ALL ON FUNCTION breath.charge_bytes FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.charge_bytes TO breath_sync;
