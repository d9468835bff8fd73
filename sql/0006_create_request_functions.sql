SET LOCAL ROLE breath_owner;

-- Small functions that end a request early. A request is one flight of statements, sent before any answer is seen,
-- so a refusal must stop the statements behind it: it raises. SQLSTATEs BM4xx are ours and name the HTTP status.

-- Generic cell rate algorithm (RELIABILITY 3.7): admits the request or raises BM429 with the milliseconds to wait as its message.
CREATE FUNCTION breath.admit(
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
  -- Refuse without a lock first: a refused upsert would still lock and dirty the row.
  SELECT theoretical_arrival INTO theoretical FROM breath.rate_limits WHERE key = request_key;
  IF theoretical IS NULL OR theoretical - tolerance <= arrival THEN
    INSERT INTO breath.rate_limits AS limits (key, theoretical_arrival)
    VALUES (request_key, arrival + step)
    ON CONFLICT (key) DO UPDATE
      SET theoretical_arrival = greatest(limits.theoretical_arrival, arrival) + step
      WHERE greatest(limits.theoretical_arrival, arrival) - tolerance <= arrival
    RETURNING theoretical_arrival INTO theoretical;
    IF FOUND THEN
      remaining := floor(extract(epoch FROM tolerance + step - (theoretical - arrival)) * 1000 / interval_ms);
      reset_ms := ceil(extract(epoch FROM theoretical - arrival) * 1000);
      RETURN;
    END IF;
    SELECT theoretical_arrival INTO theoretical FROM breath.rate_limits WHERE key = request_key;
  END IF;
  RAISE EXCEPTION USING
    ERRCODE = 'BM429',
    MESSAGE = ceil(extract(epoch FROM theoretical - tolerance - arrival) * 1000)::text;
END
$$;

-- The device must belong to the account and be welcome, whatever its token says.
CREATE FUNCTION breath.require_device(account uuid, device uuid, generation integer)
RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
  PERFORM FROM breath.devices
  WHERE account_id = account AND device_id = device AND revoked_at IS NULL AND token_generation = generation;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'device revoked' USING ERRCODE = 'BM401';
  END IF;
END
$$;

-- Takes the account's row, so that all writes of one account happen one after the other, then looks at the device:
-- in this order, so that a revocation that was waited for is seen.
CREATE FUNCTION breath.lock_account(account uuid, device uuid, generation integer)
RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
  PERFORM FROM breath.accounts WHERE account_id = account FOR NO KEY UPDATE;
  PERFORM breath.require_device(account, device, generation);
END
$$;

REVOKE ALL ON FUNCTION breath.admit, breath.require_device, breath.lock_account FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.admit, breath.require_device TO breath_sync, breath_stats, breath_auth;
GRANT EXECUTE ON FUNCTION breath.lock_account TO breath_sync, breath_auth;
