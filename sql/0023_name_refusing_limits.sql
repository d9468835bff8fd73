SET LOCAL ROLE breath_owner;

-- As in 0016; a refusal also says which limit it is and what that grants, for the RateLimit fields of the answer. A key is
-- sixteen bytes of hash, and then the limit's name. The name of a constraint is the one field of an error that is never a
-- row's data, so the caller's side reads it.
CREATE OR REPLACE FUNCTION breath.admit(
  request_key bytea, interval_ms double precision, burst integer, OUT remaining integer, OUT reset_ms bigint
)
LANGUAGE plpgsql
AS $$
DECLARE
  arrival timestamptz := clock_timestamp();
  step interval := interval_ms * interval '1 millisecond';
  tolerance interval := step * (burst - 1);
  theoretical timestamptz;
BEGIN
  LOOP
    UPDATE breath.rate_limits SET theoretical_arrival = greatest(theoretical_arrival, arrival) + step
    WHERE key = request_key AND theoretical_arrival - tolerance <= arrival
    RETURNING theoretical_arrival INTO theoretical;
    EXIT WHEN FOUND;
    SELECT theoretical_arrival INTO theoretical FROM breath.rate_limits WHERE key = request_key;
    IF FOUND AND theoretical - tolerance > arrival THEN
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
  remaining := floor(extract(epoch FROM tolerance + step - (theoretical - arrival)) * 1000 / interval_ms);
  reset_ms := ceil(extract(epoch FROM theoretical - arrival) * 1000);
END
$$;
