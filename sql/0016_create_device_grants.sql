SET LOCAL ROLE breath_owner;

-- Sign-in of an editor or a terminal by a device that is signed in already (RFC 8628). The device code has 256 bits and is
-- kept as SHA-256; the user code has 34.6, so it is kept as an HMAC with a key that the database does not have.
CREATE TABLE breath.device_grants (
  device_code_hash bytea PRIMARY KEY,
  user_code_hash bytea NOT NULL,
  -- What the approver is shown: who asks and from where, as it was when it asked.
  client text NOT NULL,
  network text NOT NULL,
  -- Who the device will be.
  device_id uuid NOT NULL,
  secret_hash bytea NOT NULL,
  name text NOT NULL,
  time_zone text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL,
  -- How long to wait between two polls, which grows with every one that is too early.
  interval_s integer NOT NULL DEFAULT 5,
  polled_at timestamptz,
  decision text,
  account_id uuid,
  decided_by uuid,
  redeemed_at timestamptz,
  CONSTRAINT device_grants_user_code UNIQUE (user_code_hash),
  CONSTRAINT device_grants_hash_sizes CHECK (
    octet_length(device_code_hash) = 32 AND octet_length(user_code_hash) = 32 AND octet_length(secret_hash) = 32),
  CONSTRAINT device_grants_decision_known CHECK (decision IN ('approve', 'deny')),
  CONSTRAINT device_grants_decided CHECK (
    (decision IS NULL) = (account_id IS NULL) AND (account_id IS NULL) = (decided_by IS NULL)),
  CONSTRAINT device_grants_device FOREIGN KEY (account_id, decided_by) REFERENCES breath.devices
    ON UPDATE CASCADE ON DELETE CASCADE
);

-- Wrong user codes, by a hash of who tried: a network, an account, or all together. Logged, unlike rate limits: what is
-- left of the tries must survive a crash.
CREATE TABLE breath.wrong_codes (
  subject bytea PRIMARY KEY,
  tries integer NOT NULL,
  since timestamptz NOT NULL,
  CONSTRAINT wrong_codes_subject_size CHECK (octet_length(subject) = 32)
);

ALTER TABLE breath.device_grants ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY device_grants_of_auth ON breath.device_grants TO breath_auth USING (true) WITH CHECK (true);
CREATE POLICY device_grants_of_maintenance ON breath.device_grants TO breath_maintenance USING (true);
GRANT SELECT, INSERT, UPDATE ON breath.device_grants, breath.wrong_codes TO breath_auth;
GRANT SELECT, DELETE ON breath.device_grants, breath.wrong_codes TO breath_maintenance;

-- Begins a grant. Nothing when the user code is in use, which happens once in a billion; another secret than a known
-- device's raises BM409.
CREATE FUNCTION breath.begin_device_grant(
  p_device_code_hash bytea, p_user_code_hash bytea, p_client text, p_network text, p_device uuid, p_secret_hash bytea,
  p_name text, p_time_zone text, p_expires_at timestamptz
) RETURNS boolean
LANGUAGE plpgsql
AS $$
BEGIN
  PERFORM now() AT TIME ZONE p_time_zone;  -- raises 22023 for a zone nobody knows
  IF EXISTS (
    SELECT FROM breath.device_credentials c WHERE c.device_id = p_device AND c.secret_hash <> p_secret_hash
  ) THEN
    RAISE EXCEPTION 'device exists' USING ERRCODE = 'BM409';
  END IF;
  INSERT INTO breath.device_grants (
    device_code_hash, user_code_hash, client, network, device_id, secret_hash, name, time_zone, expires_at)
  VALUES (
    p_device_code_hash, p_user_code_hash, p_client, p_network, p_device, p_secret_hash, p_name, p_time_zone, p_expires_at)
  ON CONFLICT ON CONSTRAINT device_grants_user_code DO NOTHING;
  RETURN FOUND;
END
$$;

-- Counts a try for each subject, from the narrowest to all together, before it is known whether it is wrong: so that many
-- tries at once count as well as one after the other. Who is locked already counts no further. How long to wait, or NULL.
CREATE FUNCTION breath.count_code_try(p_subjects bytea[], p_tries_max integer[], OUT retry_ms bigint)
LANGUAGE plpgsql
AS $$
DECLARE
  period CONSTANT interval := '10 minutes';
  counted breath.wrong_codes;
BEGIN
  FOR i IN 1 .. cardinality(p_subjects) LOOP
    INSERT INTO breath.wrong_codes AS w (subject, tries, since) VALUES (p_subjects[i], 1, now())
    ON CONFLICT (subject) DO UPDATE SET
      tries = CASE WHEN w.since > now() - period THEN w.tries + 1 ELSE 1 END,
      since = CASE WHEN w.since > now() - period THEN w.since ELSE now() END
    RETURNING * INTO counted;
    IF counted.tries > p_tries_max[i] THEN
      retry_ms := greatest(1, ceil(extract(epoch FROM counted.since + period - now()) * 1000));
      RETURN;
    END IF;
  END LOOP;
END
$$;

-- Finds an open grant by the code that a person typed. `outcome`: 'found', 'unknown', or 'locked' with how long to wait. A
-- wrong code stays counted, so it is an answer and no exception.
--   p_decision: of who repeats it, because a reply was lost.
CREATE FUNCTION breath.find_device_grant(
  p_user_code_hash bytea, p_subjects bytea[], p_tries_max integer[], p_decision text, p_device uuid,
  OUT outcome text, OUT retry_ms bigint, OUT client text, OUT network text, OUT name text, OUT created_at timestamptz,
  OUT expires_at timestamptz, OUT device_code_hash bytea, OUT device uuid
)
LANGUAGE plpgsql
AS $$
BEGIN
  retry_ms := breath.count_code_try(p_subjects, p_tries_max);
  IF retry_ms IS NOT NULL THEN
    outcome := 'locked';
    RETURN;
  END IF;
  SELECT 'found', g.client, g.network, g.name, g.created_at, g.expires_at, g.device_code_hash, g.device_id
  INTO outcome, client, network, name, created_at, expires_at, device_code_hash, device
  FROM breath.device_grants g
  WHERE g.user_code_hash = p_user_code_hash AND g.expires_at > now() AND g.redeemed_at IS NULL
    AND (g.decision IS NULL OR (g.decision = p_decision AND g.decided_by = p_device));
  IF FOUND THEN
    UPDATE breath.wrong_codes w SET tries = w.tries - 1 WHERE w.subject = ANY (p_subjects);
  ELSE
    outcome := 'unknown';
  END IF;
END
$$;

-- A signed-in device decides; its account is locked and entered. `outcome` as above; 'elsewhere' when the device that asks
-- is at home in another account, which pairing may merge and this may not.
CREATE FUNCTION breath.decide_device_grant(
  p_user_code_hash bytea, p_subjects bytea[], p_tries_max integer[], p_decision text, p_account uuid, p_device uuid,
  OUT outcome text, OUT retry_ms bigint
)
LANGUAGE plpgsql
AS $$
DECLARE
  asked record;
BEGIN
  SELECT * INTO asked FROM breath.find_device_grant(p_user_code_hash, p_subjects, p_tries_max, p_decision, p_device);
  outcome := asked.outcome;
  retry_ms := asked.retry_ms;
  IF outcome <> 'found' THEN
    RETURN;
  ELSIF p_decision = 'approve' AND EXISTS (
    SELECT FROM breath.device_credentials c WHERE c.device_id = asked.device AND c.account_id <> p_account
  ) THEN
    outcome := 'elsewhere';
    RETURN;
  END IF;
  UPDATE breath.device_grants g SET decision = p_decision, account_id = p_account, decided_by = p_device
  WHERE g.device_code_hash = asked.device_code_hash
    AND (g.decision IS NULL OR (g.decision = p_decision AND g.decided_by = p_device));
  IF NOT FOUND THEN
    outcome := 'unknown';
  END IF;
END
$$;

-- The device asks whether it was let in. `outcome` is RFC 8628's error, or 'granted', once. The account's row is taken before
-- the grant's, in the order of who decides.
CREATE FUNCTION breath.poll_device_grant(
  p_device_code_hash bytea, p_refresh_session uuid,
  OUT outcome text, OUT account uuid, OUT device uuid, OUT tenant uuid, OUT generation integer
)
LANGUAGE plpgsql
AS $$
DECLARE
  asked breath.device_grants;
BEGIN
  SELECT g.account_id INTO account FROM breath.device_grants g WHERE g.device_code_hash = p_device_code_hash;
  PERFORM set_config('breath.account', coalesce(account::text, ''), true);
  PERFORM FROM breath.accounts a WHERE a.account_id = account FOR NO KEY UPDATE;
  SELECT * INTO asked FROM breath.device_grants g WHERE g.device_code_hash = p_device_code_hash FOR UPDATE;
  outcome := CASE
    WHEN asked.device_code_hash IS NULL OR asked.redeemed_at IS NOT NULL THEN 'invalid_grant'
    WHEN asked.expires_at <= now() THEN 'expired_token'
    WHEN asked.decision = 'deny' THEN 'access_denied'
    -- It was decided, or moved with a merge, since the account was looked up: the next poll will tell.
    WHEN asked.account_id IS DISTINCT FROM account THEN 'authorization_pending'
    WHEN asked.decision = 'approve' THEN 'granted'
    WHEN asked.polled_at > now() - asked.interval_s * interval '1 second' THEN 'slow_down'
    ELSE 'authorization_pending'
  END;
  IF outcome IN ('slow_down', 'authorization_pending') THEN
    UPDATE breath.device_grants g SET polled_at = now(),
      interval_s = g.interval_s + CASE outcome WHEN 'slow_down' THEN 5 ELSE 0 END
    WHERE g.device_code_hash = p_device_code_hash;
  ELSIF outcome = 'granted' AND NOT breath.may_be_granted(asked) THEN
    outcome := 'access_denied';
  END IF;
  IF outcome <> 'granted' THEN
    account := NULL;
    RETURN;
  END IF;
  device := asked.device_id;
  UPDATE breath.device_grants g SET redeemed_at = now() WHERE g.device_code_hash = p_device_code_hash;
  SELECT j.tenant, j.generation INTO tenant, generation
  FROM breath.join_device(account, device, asked.secret_hash, asked.name, asked.time_zone, p_refresh_session) AS j;
END
$$;

-- Whether what was approved still holds: the approver is signed in, the device is at home nowhere else, and there is room.
CREATE FUNCTION breath.may_be_granted(asked breath.device_grants) RETURNS boolean
LANGUAGE sql
AS $$
  SELECT EXISTS (
      SELECT FROM breath.devices d
      WHERE d.account_id = asked.account_id AND d.device_id = asked.decided_by AND d.revoked_at IS NULL)
    AND NOT EXISTS (
      SELECT FROM breath.device_credentials c
      WHERE c.device_id = asked.device_id
        AND (c.account_id, c.secret_hash) IS DISTINCT FROM (asked.account_id, asked.secret_hash))
    AND NOT EXISTS (
      SELECT FROM breath.devices d
      WHERE d.account_id = asked.account_id AND d.device_id = asked.device_id AND d.revoked_at IS NOT NULL
        AND d.left_at IS NULL)
    AND 100 > (
      SELECT count(*) FROM breath.devices d
      WHERE d.account_id = asked.account_id AND d.device_id <> asked.device_id AND d.left_at IS NULL)
$$;

-- As in 0011; and two first requests for one key at once do not take the row that the other has just made for a bucket that
-- is full: whoever finds one looks again whether it has room.
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
        MESSAGE = greatest(1, ceil(extract(epoch FROM theoretical - tolerance - arrival) * 1000))::text;
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

CREATE FUNCTION breath.remove_old_device_grants(batch integer) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
  WITH grants AS (
    DELETE FROM breath.device_grants WHERE device_code_hash = ANY (ARRAY(
      SELECT device_code_hash FROM breath.device_grants WHERE expires_at < now() - interval '1 day' LIMIT batch))
    RETURNING 1
  ), tries AS (
    DELETE FROM breath.wrong_codes WHERE subject = ANY (ARRAY(
      SELECT subject FROM breath.wrong_codes WHERE since < now() - interval '1 day' LIMIT batch))
    RETURNING 1
  )
  SELECT (SELECT count(*) FROM grants) + (SELECT count(*) FROM tries)
$$;

REVOKE ALL ON FUNCTION
  breath.begin_device_grant, breath.count_code_try, breath.find_device_grant, breath.decide_device_grant, breath.poll_device_grant,
  breath.may_be_granted, breath.remove_old_device_grants FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
  breath.begin_device_grant, breath.count_code_try, breath.find_device_grant, breath.decide_device_grant, breath.poll_device_grant,
  breath.may_be_granted TO breath_auth;
GRANT EXECUTE ON FUNCTION breath.remove_old_device_grants TO breath_admin;
RESET ROLE;
GRANT CREATE ON SCHEMA breath TO breath_maintenance;
ALTER FUNCTION breath.remove_old_device_grants OWNER TO breath_maintenance;
REVOKE CREATE ON SCHEMA breath FROM breath_maintenance;
