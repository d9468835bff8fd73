-- Generic cell rate algorithm: admits the request, or raises BM429 with the milliseconds to wait as its message and, as
-- CONSTRAINT, which limit it is and what that grants. That is the one field of an error that is never a row's data, so
-- clients of the database read it.
--
-- A key is sixteen bytes of hash and then the limit's name. In the usual case one update admits; a refusal takes no
-- lock. A due time is never later than now and the whole burst. A later one was written under a clock that was ahead (a
-- machine that slept, a bad time server, a standby that was promoted) and means nothing: it counts as a bucket with
-- room for this one call, which also writes it anew. The clock is read where a row is judged: whoever waited for
-- another call must not take that call's due time for such a one.
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
REVOKE ALL ON FUNCTION breath.admit FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.admit TO breath_admin, breath_auth, breath_stats, breath_sync;
