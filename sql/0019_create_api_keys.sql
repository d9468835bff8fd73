SET LOCAL ROLE breath_owner;

-- A key for a script or a widget (docs/tokens.md): it acts as a device of its own, so that what it pushes adds up like
-- any machine's, and may do what its scopes say until it expires. Only its hash is kept: it has 160 random bits.
CREATE TABLE breath.api_keys (
  account_id uuid NOT NULL,
  device_id uuid NOT NULL,
  key_hash bytea NOT NULL,
  scopes text[] NOT NULL,
  made_by uuid NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL,
  last_used_on date,
  CONSTRAINT api_keys_pkey PRIMARY KEY (account_id, device_id),
  CONSTRAINT api_keys_device FOREIGN KEY (account_id, device_id) REFERENCES breath.devices
    ON UPDATE CASCADE ON DELETE CASCADE,
  CONSTRAINT api_keys_hash_size CHECK (octet_length(key_hash) = 32),
  CONSTRAINT api_keys_scopes_known CHECK (scopes <@ ARRAY['sync', 'stats:read', 'share'] AND cardinality(scopes) > 0)
);
ALTER TABLE breath.api_keys ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY api_keys_of_account ON breath.api_keys
  USING (account_id = (SELECT nullif(current_setting('breath.account', true), '')::uuid))
  WITH CHECK (account_id = (SELECT nullif(current_setting('breath.account', true), '')::uuid));
GRANT SELECT, UPDATE (last_used_on) ON breath.api_keys TO breath_sync, breath_stats;
GRANT SELECT, INSERT ON breath.api_keys TO breath_auth;

-- As begin_request (0011), for a caller that shows a key instead of a token. A key that is wrong, expired, revoked or of
-- nobody is refused alike; the bucket belongs to the key that was shown, so guessing empties nobody else's.
CREATE FUNCTION breath.begin_key_request(
  p_account uuid, p_device uuid, p_key_hash bytea, p_scope text, p_writes boolean, p_limit_key bytea,
  p_interval_ms double precision, p_burst integer, OUT remaining integer, OUT reset_ms bigint
)
LANGUAGE plpgsql
AS $$
DECLARE
  shown breath.api_keys;
BEGIN
  PERFORM set_config('breath.account', p_account::text, true);
  SELECT a.remaining, a.reset_ms INTO remaining, reset_ms
  FROM breath.admit(p_limit_key, p_interval_ms, p_burst) AS a;
  IF p_writes THEN
    PERFORM FROM breath.accounts WHERE account_id = p_account FOR NO KEY UPDATE;
  END IF;
  SELECT k.* INTO shown FROM breath.api_keys k JOIN breath.devices d USING (account_id, device_id)
  WHERE k.account_id = p_account AND k.device_id = p_device AND k.key_hash = p_key_hash AND k.expires_at > now()
    AND d.revoked_at IS NULL;
  IF NOT FOUND THEN
    PERFORM breath.refuse_erased(p_account);
    RAISE EXCEPTION 'key refused' USING ERRCODE = 'BM40K';
  END IF;
  IF p_scope <> ALL (shown.scopes) THEN
    RAISE EXCEPTION USING ERRCODE = 'BM403', MESSAGE = p_scope;
  END IF;
  IF shown.last_used_on IS DISTINCT FROM current_date THEN
    UPDATE breath.api_keys k SET last_used_on = current_date
    WHERE k.account_id = p_account AND k.device_id = p_device;
  END IF;
END
$$;

-- Makes a key, in a flight that holds the account: a device without a secret, in its maker's zone.
-- `outcome`: 'made', or 'too_many'.
CREATE FUNCTION breath.make_api_key(
  p_account uuid, p_maker uuid, p_device uuid, p_key_hash bytea, p_name text, p_scopes text[], p_expires_at timestamptz,
  OUT outcome text
)
LANGUAGE plpgsql
AS $$
DECLARE
  keys_max CONSTANT integer := 20;
  next_version bigint;
BEGIN
  outcome := 'too_many';
  IF (
    SELECT count(*) FROM breath.api_keys k JOIN breath.devices d USING (account_id, device_id)
    WHERE k.account_id = p_account AND d.revoked_at IS NULL AND k.expires_at > now()
  ) >= keys_max THEN
    RETURN;
  END IF;
  UPDATE breath.accounts a SET version = a.version + 1 WHERE a.account_id = p_account
  RETURNING a.version INTO next_version;
  INSERT INTO breath.devices (account_id, device_id, version, name, time_zone)
  SELECT p_account, p_device, next_version, p_name, d.time_zone FROM breath.devices d
  WHERE d.account_id = p_account AND d.device_id = p_maker;
  INSERT INTO breath.api_keys (account_id, device_id, key_hash, scopes, made_by, expires_at)
  VALUES (p_account, p_device, p_key_hash, p_scopes, p_maker, p_expires_at);
  outcome := 'made';
END
$$;

-- Revoking a key is revoking its device. `revoked` is false for one that is not there, foreign or revoked before.
CREATE FUNCTION breath.revoke_api_key(p_account uuid, p_device uuid, OUT revoked boolean)
LANGUAGE plpgsql
AS $$
DECLARE
  next_version bigint;
BEGIN
  UPDATE breath.devices d SET revoked_at = now()
  WHERE d.account_id = p_account AND d.device_id = p_device AND d.revoked_at IS NULL
    AND EXISTS (SELECT FROM breath.api_keys k WHERE k.account_id = p_account AND k.device_id = p_device);
  revoked := FOUND;
  IF revoked THEN
    UPDATE breath.accounts a SET version = a.version + 1 WHERE a.account_id = p_account
    RETURNING a.version INTO next_version;
    UPDATE breath.devices d SET version = next_version WHERE d.account_id = p_account AND d.device_id = p_device;
  END IF;
END
$$;

REVOKE ALL ON FUNCTION breath.begin_key_request, breath.make_api_key, breath.revoke_api_key FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.begin_key_request TO breath_sync, breath_stats;
GRANT EXECUTE ON FUNCTION breath.make_api_key, breath.revoke_api_key TO breath_auth;

-- Whoever has an address and a password signs in to the account, as with a provider (0018).
CREATE POLICY logins_of_merge ON breath.logins TO breath_merge USING (true);
GRANT SELECT (account_id) ON breath.logins TO breath_merge;
RESET ROLE;
CREATE OR REPLACE FUNCTION breath.is_anonymous(p_account uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
  SELECT NOT EXISTS (SELECT FROM breath.identities i WHERE i.account_id = p_account)
    AND NOT EXISTS (SELECT FROM breath.logins l WHERE l.account_id = p_account)
$$;
