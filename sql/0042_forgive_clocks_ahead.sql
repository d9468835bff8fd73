SET LOCAL ROLE breath_owner;

-- As in 0023. A due time is never later than now and the whole burst. A later one was written under a clock that was
-- ahead (a machine that slept, a bad time server, a standby that was promoted) and means nothing: it counts as a bucket
-- with room for this one call, which also writes it anew, so that nobody waits for that clock's time to come.
--
-- The clock is read where a row is judged: who waited for another call must not take its due time for such a one.
CREATE OR REPLACE FUNCTION breath.admit(
  request_key bytea, interval_ms double precision, burst integer, OUT remaining integer, OUT reset_ms bigint
)
LANGUAGE plpgsql
AS $$
DECLARE
  step CONSTANT interval := interval_ms * interval '1 millisecond';
  tolerance CONSTANT interval := step * (burst - 1);
  -- What a clock may step back by between two calls.
  latest CONSTANT interval := step * burst + interval '1 second';
  theoretical timestamptz;
  arrival timestamptz;
BEGIN
  LOOP
    UPDATE breath.rate_limits SET theoretical_arrival = step + CASE
      WHEN theoretical_arrival - latest > clock_timestamp() THEN clock_timestamp() + tolerance
      ELSE greatest(theoretical_arrival, clock_timestamp()) END
    WHERE key = request_key
      AND (theoretical_arrival - tolerance <= clock_timestamp() OR theoretical_arrival - latest > clock_timestamp())
    RETURNING theoretical_arrival INTO theoretical;
    arrival := clock_timestamp();
    EXIT WHEN FOUND;
    SELECT theoretical_arrival INTO theoretical FROM breath.rate_limits WHERE key = request_key;
    IF FOUND AND theoretical - tolerance > arrival AND theoretical - latest <= arrival THEN
      RAISE EXCEPTION USING
        ERRCODE = 'BM429',
        MESSAGE = greatest(1, ceil(extract(epoch FROM theoretical - tolerance - arrival) * 1000))::text,
        CONSTRAINT = format('%s %s %s %s',
          convert_from(substr(request_key, 17), 'UTF8'), burst, ceil(burst * interval_ms / 1000),
          ceil(extract(epoch FROM theoretical - arrival)));
    END IF;
    CONTINUE WHEN FOUND;
    INSERT INTO breath.rate_limits (key, theoretical_arrival) VALUES (request_key, arrival + step)
    ON CONFLICT (key) DO NOTHING
    RETURNING theoretical_arrival INTO theoretical;
    EXIT WHEN FOUND;
  END LOOP;
  remaining := greatest(0, floor(extract(epoch FROM tolerance + step - (theoretical - arrival)) * 1000 / interval_ms));
  reset_ms := ceil(extract(epoch FROM theoretical - arrival) * 1000);
END
$$;

-- As in 0009, with those of a clock that was ahead: no limit has a window of more than an hour.
RESET ROLE;
CREATE OR REPLACE FUNCTION breath.remove_old_rate_limits(batch integer) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
  WITH removed AS (
    DELETE FROM breath.rate_limits WHERE key = ANY (ARRAY(
      SELECT key FROM breath.rate_limits
      WHERE theoretical_arrival NOT BETWEEN now() - interval '1 day' AND now() + interval '2 hours'
      LIMIT batch))
    RETURNING 1
  )
  SELECT count(*) FROM removed
$$;
