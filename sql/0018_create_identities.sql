SET LOCAL ROLE breath_owner;

-- Who a person is elsewhere: what a provider that we asked ourselves calls them, and never an e-mail address. Neither part
-- may be empty: an identity without a subject would be everybody's (RELIABILITY 3.2).
CREATE TABLE breath.identities (
  issuer text NOT NULL,
  subject text NOT NULL,
  account_id uuid NOT NULL CONSTRAINT identities_account REFERENCES breath.accounts ON DELETE CASCADE,
  linked_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT identities_pkey PRIMARY KEY (issuer, subject),
  CONSTRAINT identities_one_an_issuer UNIQUE (account_id, issuer),
  CONSTRAINT identities_not_empty CHECK (length(issuer) BETWEEN 1 AND 200 AND length(subject) BETWEEN 1 AND 200)
);

-- Sign-ins that were begun, by the SHA-256 of their state: for one use, by the device that began.
CREATE TABLE breath.sign_ins (
  state_hash bytea PRIMARY KEY,
  issuer text NOT NULL,
  redirect_uri text NOT NULL,
  device_id uuid NOT NULL,
  secret_hash bytea NOT NULL,
  -- Whether an anonymous account of the device may be merged into the one that the identity has.
  merges boolean NOT NULL,
  expires_at timestamptz NOT NULL,
  CONSTRAINT sign_ins_hash_sizes CHECK (octet_length(state_hash) = 32 AND octet_length(secret_hash) = 32)
);

DO $$
DECLARE
  table_name text;
BEGIN
  FOREACH table_name IN ARRAY ARRAY['identities', 'sign_ins'] LOOP
    EXECUTE format('ALTER TABLE breath.%I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', table_name);
    EXECUTE format(
      'CREATE POLICY %I ON breath.%I TO breath_auth USING (true) WITH CHECK (true)', table_name || '_of_auth', table_name);
    EXECUTE format('CREATE POLICY %I ON breath.%I TO breath_maintenance USING (true)',
      table_name || '_of_maintenance', table_name);
  END LOOP;
END
$$;
CREATE POLICY identities_of_merge ON breath.identities TO breath_merge USING (true);
GRANT SELECT, INSERT ON breath.identities TO breath_auth;
GRANT SELECT (account_id) ON breath.identities TO breath_merge;
GRANT SELECT, INSERT, DELETE ON breath.sign_ins TO breath_auth;
GRANT SELECT, DELETE ON breath.sign_ins TO breath_maintenance;

-- Takes what was begun, once: only the device that began has its id and its secret.
CREATE FUNCTION breath.take_sign_in(
  p_state_hash bytea, p_device uuid, p_secret_hash bytea, OUT redirect_uri text, OUT merges boolean
)
LANGUAGE sql
AS $$
  DELETE FROM breath.sign_ins s
  WHERE s.state_hash = p_state_hash AND s.device_id = p_device AND s.secret_hash = p_secret_hash AND s.expires_at > now()
  RETURNING s.redirect_uri, s.merges
$$;

-- Lets a device in by an identity that was verified. What it comes to, by who knows whom:
--   nobody: a new account. The device's account alone: it gains the identity. The identity's account alone, or both the
--   same: the device is let in. Two accounts: the device's is merged into the identity's, when that was asked for.
-- `outcome`: 'in', or why not: 'needs_merge', 'account_has_login', 'other_identity'.
CREATE FUNCTION breath.sign_in(
  p_issuer text, p_subject text, p_device uuid, p_secret_hash bytea, p_new_account uuid, p_name text, p_time_zone text,
  p_merges boolean, p_refresh_session uuid,
  OUT outcome text, OUT is_new boolean, OUT account uuid, OUT tenant uuid, OUT generation integer
)
LANGUAGE plpgsql
AS $$
DECLARE
  known uuid := (SELECT i.account_id FROM breath.identities i WHERE i.issuer = p_issuer AND i.subject = p_subject);
  own uuid := (SELECT c.account_id FROM breath.device_credentials c WHERE c.device_id = p_device);
BEGIN
  PERFORM breath.lock_accounts(ARRAY[known, own]);
  IF known IS DISTINCT FROM (SELECT i.account_id FROM breath.identities i WHERE i.issuer = p_issuer AND i.subject = p_subject)
    OR own IS DISTINCT FROM (SELECT c.account_id FROM breath.device_credentials c WHERE c.device_id = p_device)
  THEN
    RAISE EXCEPTION 'moved meanwhile' USING ERRCODE = '40001';
  END IF;
  is_new := known IS NULL AND own IS NULL;
  outcome := 'in';
  IF own IS NOT NULL AND known IS NOT NULL AND own <> known THEN
    outcome := CASE WHEN NOT p_merges THEN 'needs_merge' WHEN NOT breath.is_anonymous(own) THEN 'account_has_login' ELSE 'in' END;
  ELSIF known IS NULL AND EXISTS (SELECT FROM breath.identities i WHERE i.account_id = own AND i.issuer = p_issuer) THEN
    outcome := 'other_identity';
  END IF;
  IF outcome <> 'in' THEN
    RETURN;
  END IF;

  IF known IS NULL THEN
    SELECT e.account, e.tenant, e.generation INTO account, tenant, generation
    FROM breath.enrol_device(p_device, p_secret_hash, p_new_account, p_name, p_time_zone, p_refresh_session) AS e;
    INSERT INTO breath.identities (issuer, subject, account_id) VALUES (p_issuer, p_subject, account)
    ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
      RAISE EXCEPTION 'linked meanwhile' USING ERRCODE = '40001';
    END IF;
    RETURN;
  END IF;
  account := known;
  IF own <> known THEN
    PERFORM FROM breath.device_credentials c WHERE c.device_id = p_device AND c.secret_hash = p_secret_hash;
    IF NOT FOUND THEN
      RAISE EXCEPTION 'device exists' USING ERRCODE = 'BM409';
    END IF;
    PERFORM breath.merge_accounts(own, known, p_device);
  END IF;
  PERFORM set_config('breath.account', account::text, true);
  SELECT j.tenant, j.generation INTO tenant, generation
  FROM breath.join_device(account, p_device, p_secret_hash, p_name, p_time_zone, p_refresh_session) AS j;
END
$$;

CREATE FUNCTION breath.remove_old_sign_ins(batch integer) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
  WITH removed AS (
    DELETE FROM breath.sign_ins WHERE state_hash = ANY (ARRAY(
      SELECT state_hash FROM breath.sign_ins WHERE expires_at < now() - interval '1 day' LIMIT batch))
    RETURNING 1
  )
  SELECT count(*) FROM removed
$$;

REVOKE ALL ON FUNCTION breath.take_sign_in, breath.sign_in, breath.remove_old_sign_ins FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.take_sign_in, breath.sign_in TO breath_auth;
GRANT EXECUTE ON FUNCTION breath.remove_old_sign_ins TO breath_admin;
RESET ROLE;
GRANT EXECUTE ON FUNCTION breath.is_anonymous TO breath_auth;

CREATE OR REPLACE FUNCTION breath.is_anonymous(p_account uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$ SELECT NOT EXISTS (SELECT FROM breath.identities i WHERE i.account_id = p_account) $$;

GRANT CREATE ON SCHEMA breath TO breath_maintenance;
ALTER FUNCTION breath.remove_old_sign_ins OWNER TO breath_maintenance;
REVOKE CREATE ON SCHEMA breath FROM breath_maintenance;
