SET LOCAL ROLE breath_owner;

-- Which life of the data this is. A restored or re-seeded database gets another one (`breath restored`), so that
-- cursors from before are recognised and devices send again what is missing.
CREATE TABLE breath.incarnations (
  incarnation uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  begun_at timestamptz NOT NULL DEFAULT now(),
  reason text NOT NULL
);
INSERT INTO breath.incarnations (reason) VALUES ('created');

CREATE TABLE breath.tenants (
  tenant_id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  name text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT tenants_name_unique UNIQUE (name)
);
INSERT INTO breath.tenants (tenant_id, name) VALUES ('00000000-0000-4000-8000-000000000001', 'public');

CREATE TABLE breath.accounts (
  account_id uuid PRIMARY KEY,
  tenant_id uuid NOT NULL DEFAULT '00000000-0000-4000-8000-000000000001' REFERENCES breath.tenants,
  -- Hands out the version of every row of the account; advanced only under this row's lock, by the number of rows
  -- written, so that cursors are commit-ordered and gapless (RELIABILITY 2.3).
  version bigint NOT NULL DEFAULT 0,
  -- The privacy tier: day totals only, or single sessions as well.
  detail text NOT NULL DEFAULT 'days',
  day_start_minutes smallint NOT NULL DEFAULT 0,
  -- The union of local dates with practice, kept with the day totals it is derived from.
  practised datemultirange NOT NULL DEFAULT '{}',
  -- Count and xor of the hashes of all records: one glance tells whether two copies agree.
  digest_count bigint NOT NULL DEFAULT 0,
  digest_high bigint NOT NULL DEFAULT 0,
  digest_low bigint NOT NULL DEFAULT 0,
  created_at timestamptz NOT NULL DEFAULT now(),
  -- The last day one of its devices signed in or refreshed; what retention goes by.
  last_seen_on date NOT NULL DEFAULT current_date,
  CONSTRAINT accounts_detail_known CHECK (detail IN ('days', 'sessions')),
  CONSTRAINT accounts_day_start_within_day CHECK (day_start_minutes BETWEEN 0 AND 1439)
) WITH (fillfactor = 60);

CREATE TABLE breath.devices (
  account_id uuid NOT NULL REFERENCES breath.accounts ON DELETE CASCADE,
  device_id uuid NOT NULL,
  version bigint NOT NULL,
  name text NOT NULL,
  time_zone text NOT NULL,
  -- Advanced to refuse every access token given out before.
  token_generation integer NOT NULL DEFAULT 1,
  revoked_at timestamptz,
  -- What the device last reported: the maximum of each counter (DESIGN 5).
  reported_xp bigint NOT NULL DEFAULT 0,
  reported_longest_streak bigint NOT NULL DEFAULT 0,
  reported_challenges bigint NOT NULL DEFAULT 0,
  reported_active_ms bigint NOT NULL DEFAULT 0,
  -- Sums over the device's day totals, kept in the same transaction as those.
  sessions bigint NOT NULL DEFAULT 0,
  active_ms bigint NOT NULL DEFAULT 0,
  cycles bigint NOT NULL DEFAULT 0,
  xp bigint NOT NULL DEFAULT 0,
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT devices_pkey PRIMARY KEY (account_id, device_id),
  CONSTRAINT devices_name_length CHECK (length(name) BETWEEN 1 AND 64)
) WITH (fillfactor = 60);

-- Who gave which consent when: a change of tier is a row, never an overwrite.
CREATE TABLE breath.consents (
  account_id uuid NOT NULL REFERENCES breath.accounts ON DELETE CASCADE,
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  device_id uuid NOT NULL,
  subject text NOT NULL,
  choice text NOT NULL,
  CONSTRAINT consents_pkey PRIMARY KEY (account_id, recorded_at, subject)
);
