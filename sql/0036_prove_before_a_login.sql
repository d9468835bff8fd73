SET LOCAL ROLE breath_owner;

-- What outlives an access token is made by who also has the machine's own secret (decision 34).
CREATE FUNCTION breath.has_secret(p_account uuid, p_device uuid, p_secret_hash bytea) RETURNS boolean
LANGUAGE sql STABLE
AS $$
  SELECT EXISTS (
    SELECT FROM breath.device_credentials c
    WHERE c.device_id = p_device AND c.account_id = p_account AND c.secret_hash = p_secret_hash)
$$;

-- Before a password is hashed for an address that an account claims: a hash is asked for only by who has the machine's
-- secret, of an account that has no login.
CREATE FUNCTION breath.begin_registration(
  p_account uuid, p_device uuid, p_secret_hash bytea, p_wrapped bytea, p_keys bytea[], p_interval_ms double precision[],
  p_bursts integer[],
  OUT is_proven boolean, OUT has_login boolean, OUT wrapped bytea, OUT wait_ms bigint, OUT refusal text
)
LANGUAGE plpgsql
AS $$
BEGIN
  is_proven := breath.has_secret(p_account, p_device, p_secret_hash);
  has_login := EXISTS (SELECT FROM breath.logins AS l WHERE l.account_id = p_account);
  IF NOT is_proven OR has_login THEN
    RETURN;
  END IF;
  SELECT h.wait_ms, h.refusal INTO wait_ms, refusal FROM breath.admit_hash(p_keys, p_interval_ms, p_bursts) AS h;
  IF wait_ms IS NULL THEN
    wrapped := breath.account_key(p_account, p_wrapped);
  END IF;
END
$$;

-- As in 0014, and who asked.
DROP FUNCTION breath.claim_address;
CREATE FUNCTION breath.claim_address(
  p_account uuid, p_device uuid, p_token_hash bytea, p_email_index bytea, p_email bytea, p_password_hash text,
  p_expires_at timestamptz, p_mail uuid, p_wrapped_key bytea, p_if_free bytea, p_if_taken bytea
) RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
  is_taken boolean := EXISTS (SELECT FROM breath.login_addresses AS a WHERE a.email_index = p_email_index);
BEGIN
  INSERT INTO breath.email_claims (account_id, token_hash, email_index, email, password_hash, expires_at, made_by)
  VALUES (p_account, p_token_hash, p_email_index, p_email, p_password_hash, p_expires_at, p_device)
  ON CONFLICT (account_id) DO UPDATE SET
    token_hash = excluded.token_hash, email_index = excluded.email_index, email = excluded.email,
    password_hash = excluded.password_hash, expires_at = excluded.expires_at, made_by = excluded.made_by;
  INSERT INTO breath.outbox (account_id, mail_id, kind, wrapped_key, payload, expires_at)
  VALUES (
    p_account, p_mail, CASE WHEN is_taken THEN 'address_taken' ELSE 'confirm_address' END, p_wrapped_key,
    CASE WHEN is_taken THEN p_if_taken ELSE p_if_free END, p_expires_at)
  ON CONFLICT DO NOTHING;
END
$$;

-- A code that was made without the machine's secret is good where it was made: the hash of that network; NULL for
-- anywhere.
ALTER TABLE breath.pairing_codes ADD COLUMN network bytea;

-- Before a code is redeemed: one that belongs to another network is as good as unknown. A code that nobody has is left
-- to redeem_pairing, which counts it.
CREATE FUNCTION breath.require_network_of_code(p_code_hash bytea, p_network bytea) RETURNS void
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

-- Since when somebody can sign in to the account who has none of its machines: every machine is told with its next
-- sync.
ALTER TABLE breath.accounts ADD COLUMN login_since timestamptz;

CREATE FUNCTION breath.note_login() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
  UPDATE breath.accounts SET login_since = now() WHERE account_id = NEW.account_id AND login_since IS NULL;
  RETURN NEW;
END
$$;
CREATE TRIGGER logins_note_login AFTER INSERT ON breath.logins FOR EACH ROW EXECUTE FUNCTION breath.note_login();
CREATE TRIGGER identities_note_login AFTER INSERT ON breath.identities
  FOR EACH ROW EXECUTE FUNCTION breath.note_login();

REVOKE ALL ON FUNCTION
  breath.has_secret, breath.begin_registration, breath.claim_address, breath.require_network_of_code, breath.note_login
  FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
  breath.has_secret, breath.begin_registration, breath.claim_address, breath.require_network_of_code, breath.note_login
  TO breath_auth;

GRANT SELECT (confirmed_at) ON breath.logins TO breath_merge;
GRANT SELECT (linked_at) ON breath.identities TO breath_merge;
RESET ROLE;
-- The one role that may write every account; row-level security binds the owner too.
SET LOCAL ROLE breath_merge;
UPDATE breath.accounts a SET login_since = w.since
FROM (
  SELECT account_id, min(since) AS since
  FROM (
    SELECT account_id, confirmed_at AS since FROM breath.logins
    UNION ALL
    SELECT account_id, linked_at FROM breath.identities
  ) AS ways
  GROUP BY account_id
) AS w
WHERE a.account_id = w.account_id;
RESET ROLE;
SET LOCAL ROLE breath_owner;
REVOKE SELECT (confirmed_at) ON breath.logins FROM breath_merge;
REVOKE SELECT (linked_at) ON breath.identities FROM breath_merge;
