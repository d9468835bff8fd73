SET LOCAL ROLE breath_owner;

-- Finds the account of a device that presents itself. The id is a name; the secret is the proof, and only its
-- SHA-256 is kept (256 random bits need no slow hash).
CREATE TABLE breath.device_credentials (
  device_id uuid PRIMARY KEY,
  account_id uuid NOT NULL,
  secret_hash bytea NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT device_credentials_device FOREIGN KEY (account_id, device_id) REFERENCES breath.devices
    ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT device_credentials_hash_size CHECK (octet_length(secret_hash) = 32)
);

-- A refresh token is (account, session, counter) with a MAC; the row holds the only counter that is current.
CREATE TABLE breath.refresh_sessions (
  account_id uuid NOT NULL,
  session_id uuid NOT NULL,
  device_id uuid NOT NULL,
  counter bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  rotated_at timestamptz NOT NULL DEFAULT now(),
  ended_at timestamptz,
  end_reason text,
  CONSTRAINT refresh_sessions_pkey PRIMARY KEY (account_id, session_id),
  CONSTRAINT refresh_sessions_device FOREIGN KEY (account_id, device_id) REFERENCES breath.devices ON DELETE CASCADE
) WITH (fillfactor = 80);
CREATE INDEX refresh_sessions_by_device ON breath.refresh_sessions (account_id, device_id);

CREATE TABLE breath.pairing_codes (
  code_hash bytea PRIMARY KEY,
  account_id uuid NOT NULL,
  device_id uuid NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL,
  redeemed_at timestamptz,
  redeemed_by uuid,
  CONSTRAINT pairing_codes_device FOREIGN KEY (account_id, device_id) REFERENCES breath.devices ON DELETE CASCADE,
  CONSTRAINT pairing_codes_hash_size CHECK (octet_length(code_hash) = 32)
);

-- Theoretical arrival times of the generic cell rate algorithm. Keys are keyed hashes. Empty after a crash,
-- which a throttle survives; nothing that must hold (a lockout, an attempt count) may live here.
CREATE UNLOGGED TABLE breath.rate_limits (
  key bytea PRIMARY KEY,
  theoretical_arrival timestamptz NOT NULL
) WITH (fillfactor = 60);
