-- The tables as of the first release. Tables, constraints and data come by numbered files, which run once; functions
-- and their triggers are in sql/functions, roles, policies and grants in sql/access (sql/README.md).
--
-- Every table of an account has the account first in its key, so that the data can be spread by that column.
CREATE SCHEMA breath AUTHORIZATION breath_owner;
SET LOCAL ROLE breath_owner;

-- Whose accounts these are; so far one tenant, the public.
CREATE TABLE breath.tenants (
  tenant_id uuid NOT NULL DEFAULT gen_random_uuid(),
  name text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT tenants_pkey PRIMARY KEY (tenant_id),
  CONSTRAINT tenants_name_unique UNIQUE (name)
);

-- Which life of the data this is. A restored or re-seeded database gets another one (`breath restored`), so that
-- cursors from before are recognised and devices send again what is missing.
CREATE TABLE breath.incarnations (
  incarnation uuid NOT NULL DEFAULT gen_random_uuid(),
  begun_at timestamptz NOT NULL DEFAULT now(),
  reason text NOT NULL,
  CONSTRAINT incarnations_pkey PRIMARY KEY (incarnation)
);

-- Other names of a zone, as tzdata's file `backward` has them, without those that a country of its own goes by
-- (zone.tab): there the zones may part one day. Some systems lack these names (Debian 13 without tzdata-legacy), and
-- some of those without a slash PostgreSQL takes for abbreviations, which know of no summer: to `AT TIME ZONE`, CET is
-- an hour all year. Source: tzdata 2025b, which moved the zones of old (CET, EST5EDT, …) there in 2024b; and names that
-- it had once.
CREATE TABLE breath.time_zone_aliases (
  alias text NOT NULL,
  name text NOT NULL,
  CONSTRAINT time_zone_aliases_pkey PRIMARY KEY (alias),
  CONSTRAINT time_zone_aliases_lower_case CHECK (alias = lower(alias))
);

-- A person, without a name: everything stored hangs on an account.
CREATE TABLE breath.accounts (
  account_id uuid NOT NULL,
  tenant_id uuid NOT NULL DEFAULT '00000000-0000-4000-8000-000000000001',
  -- Hands out the version of every row of the account. Advanced only under this row's lock, so that version order is
  -- commit order (docs/sync.md).
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
  time_zone text,
  alias text,
  -- Where the devices of an account went: tokens that still name it are told so. Goes with the account that took them
  -- in.
  merged_into uuid,
  -- Whether practice may be seen by others at all.
  social boolean NOT NULL DEFAULT false,
  -- ISO 8601: 1 is Monday.
  week_start smallint NOT NULL DEFAULT 1,
  -- What the challenges that were claimed came to.
  awarded_xp bigint NOT NULL DEFAULT 0,
  -- Sessions and reported days, and tombstones, also those whose ids were forgotten: what the account may have more of.
  kept bigint NOT NULL DEFAULT 0,
  tombstones bigint NOT NULL DEFAULT 0,
  -- Since when somebody can sign in to the account who has none of its machines: every machine is told with its next
  -- sync.
  login_since timestamptz,
  CONSTRAINT accounts_pkey PRIMARY KEY (account_id),
  CONSTRAINT accounts_alias_length CHECK (length(alias) BETWEEN 1 AND 32),
  CONSTRAINT accounts_day_start_within_day CHECK (day_start_minutes BETWEEN 0 AND 1439),
  CONSTRAINT accounts_detail_known CHECK (detail IN ('days', 'sessions')),
  CONSTRAINT accounts_week_start_weekday CHECK (week_start BETWEEN 1 AND 7),
  CONSTRAINT accounts_merged_into FOREIGN KEY (merged_into) REFERENCES breath.accounts(account_id) ON DELETE CASCADE,
  CONSTRAINT accounts_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES breath.tenants(tenant_id)
) WITH (fillfactor = 60);

-- A machine with an id of its own, in one account at a time; sums and digest over what it holds are kept with it.
CREATE TABLE breath.devices (
  account_id uuid NOT NULL,
  device_id uuid NOT NULL,
  version bigint NOT NULL,
  name text NOT NULL,
  time_zone text NOT NULL,
  -- Advanced to refuse every access token given out before.
  token_generation integer NOT NULL DEFAULT 1,
  revoked_at timestamptz,
  -- What the device last reported: the maximum of each counter.
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
  -- The marker of the latest clearing of the device's data, as the device itself made it (docs/sync.md).
  reset_at timestamptz,
  clock_offset_ms bigint NOT NULL DEFAULT 0,
  rows_version bigint NOT NULL DEFAULT 0,
  -- Set when a merge was undone and the device went back with its records: the others drop their copies of them.
  left_at timestamptz,
  -- As the account's, of the records of this device.
  digest_count bigint NOT NULL DEFAULT 0,
  digest_high bigint NOT NULL DEFAULT 0,
  digest_low bigint NOT NULL DEFAULT 0,
  -- Sums over the twins of its day totals.
  twin_active_ms bigint NOT NULL DEFAULT 0,
  twin_xp bigint NOT NULL DEFAULT 0,
  -- Of sessions that were deleted of this device while another one had them: its counters still tell them.
  elsewhere_active_ms bigint NOT NULL DEFAULT 0,
  elsewhere_xp bigint NOT NULL DEFAULT 0,
  -- Devices that had a session of this one's; NULL: none.
  twin_devices uuid[],
  -- The least device of those of this account that share history, directly or through others; NULL: alone.
  twin_group uuid,
  CONSTRAINT devices_pkey PRIMARY KEY (account_id, device_id),
  CONSTRAINT devices_name_length CHECK (length(name) BETWEEN 1 AND 64),
  CONSTRAINT devices_account_id_fkey FOREIGN KEY (account_id) REFERENCES breath.accounts(account_id) ON DELETE CASCADE
) WITH (fillfactor = 60);

-- Who gave which consent when: a change of tier is a row, never an overwrite.
CREATE TABLE breath.consents (
  account_id uuid NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  device_id uuid NOT NULL,
  subject text NOT NULL,
  choice text NOT NULL,
  -- Which text somebody agreed to.
  text_version text,
  CONSTRAINT consents_pkey PRIMARY KEY (account_id, recorded_at, subject),
  CONSTRAINT consents_subject_known CHECK (subject IN ('detail', 'social')),
  CONSTRAINT consents_text_version_form CHECK (text_version ~ '^[A-Za-z0-9._-]{1,32}$'),
  CONSTRAINT consents_account_id_fkey
    FOREIGN KEY (account_id) REFERENCES breath.accounts(account_id) ON DELETE CASCADE
);

-- Ids of accounts that their owner had erased, and of the devices that were theirs, as SHA-256: a late push must not
-- bring anything back. Hashes of random ids tell nothing to anybody who does not have the id already.
CREATE TABLE breath.erased (
  id_hash bytea NOT NULL,
  erased_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT erased_pkey PRIMARY KEY (id_hash),
  CONSTRAINT erased_hash_size CHECK (octet_length(id_hash) = 32)
);

-- Facts as devices stated them. A session's hash covers its key and its content. Sessions and day totals have no
-- foreign key: every write comes after the account's row is locked and the device seen in the same transaction, so a
-- check a row would look the same device up again and again (docs/decisions/0005). Erasing an account deletes from them
-- by name.
CREATE TABLE breath.sessions (
  account_id uuid NOT NULL,
  device_id uuid NOT NULL,
  session_id text NOT NULL,
  version bigint NOT NULL,
  local_date date NOT NULL,
  started_at timestamptz NOT NULL,
  cycles bigint NOT NULL,
  counted_ms bigint NOT NULL,
  xp bigint NOT NULL,
  flags smallint NOT NULL,
  hash_high bigint NOT NULL,
  hash_low bigint NOT NULL,
  received_at timestamptz NOT NULL DEFAULT now(),
  -- A session is a fact: what its device stated is kept as the members of the JSON object that others pull, written
  -- once at the push, and beside it the columns that the server counts by (docs/decisions/0007).
  facts text NOT NULL,
  -- When on the clock of the place it was practised, in minutes after midnight: kept as the local date is, so that a
  -- machine that travels does not move what was practised before.
  local_minute smallint NOT NULL,
  -- False for a twin: another device's copy of the same session counts.
  counts boolean NOT NULL DEFAULT true,
  CONSTRAINT sessions_pkey PRIMARY KEY (account_id, device_id, session_id),
  CONSTRAINT sessions_counts CHECK (counted_ms >= 0 AND xp >= 0),
  CONSTRAINT sessions_facts_size CHECK (octet_length(facts) <= 2048),
  CONSTRAINT sessions_id_length CHECK (length(session_id) BETWEEN 1 AND 128),
  CONSTRAINT sessions_minute_within_day CHECK (local_minute BETWEEN 0 AND 1439)
);
-- By device first: a device pulls what others pushed, and must not walk its own rows to find that there is nothing. The
-- primary key comes after it, because of two indexes that look equally good the planner takes the newer, and while a
-- table is new and has no statistics they do look so to a push that finds its rows by key.
CREATE UNIQUE INDEX sessions_by_version ON breath.sessions (account_id, device_id, version);
-- For views of single sessions. The primary key is made anew after it: of two indexes that look equally good while a
-- table has no statistics the planner takes the newer (0003).
CREATE INDEX sessions_by_date ON breath.sessions (account_id, local_date, started_at);

-- Per device, so that devices add up. What a device reports and what the server derives from its sessions are kept
-- apart, and the larger counts: the same practice told twice is not practised twice.
CREATE TABLE breath.day_totals (
  account_id uuid NOT NULL,
  local_date date NOT NULL,
  device_id uuid NOT NULL,
  version bigint NOT NULL,
  reported_sessions bigint NOT NULL DEFAULT 0,
  reported_active_ms bigint NOT NULL DEFAULT 0,
  reported_cycles bigint NOT NULL DEFAULT 0,
  reported_xp bigint NOT NULL DEFAULT 0,
  derived_sessions bigint NOT NULL DEFAULT 0,
  derived_active_ms bigint NOT NULL DEFAULT 0,
  derived_cycles bigint NOT NULL DEFAULT 0,
  derived_xp bigint NOT NULL DEFAULT 0,
  hash_high bigint NOT NULL DEFAULT 0,
  hash_low bigint NOT NULL DEFAULT 0,
  twin_sessions bigint NOT NULL DEFAULT 0,
  twin_active_ms bigint NOT NULL DEFAULT 0,
  twin_cycles bigint NOT NULL DEFAULT 0,
  twin_xp bigint NOT NULL DEFAULT 0,
  sessions bigint NOT NULL
    GENERATED ALWAYS AS (greatest(reported_sessions - twin_sessions, derived_sessions)) STORED,
  active_ms bigint NOT NULL
    GENERATED ALWAYS AS (greatest(reported_active_ms - twin_active_ms, derived_active_ms)) STORED,
  cycles bigint NOT NULL GENERATED ALWAYS AS (greatest(reported_cycles - twin_cycles, derived_cycles)) STORED,
  xp bigint NOT NULL GENERATED ALWAYS AS (greatest(reported_xp - twin_xp, derived_xp)) STORED,
  CONSTRAINT day_totals_pkey PRIMARY KEY (account_id, local_date, device_id)
) WITH (fillfactor = 80);
CREATE UNIQUE INDEX day_totals_by_version ON breath.day_totals (account_id, device_id, version);

-- A deletion wins for ever, also over a session that was never seen. Found by the hash it has in the digest, so that it
-- still holds after the account went back to day totals and its id, which tells a time, was forgotten.
CREATE TABLE breath.tombstones (
  account_id uuid NOT NULL,
  hash_high bigint NOT NULL,
  hash_low bigint NOT NULL,
  version bigint NOT NULL,
  device_id uuid NOT NULL,
  session_id text,
  -- Whose pulls leave it out.
  deleted_by uuid NOT NULL,
  deleted_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT tombstones_pkey PRIMARY KEY (account_id, hash_high, hash_low)
);
CREATE UNIQUE INDEX tombstones_by_version ON breath.tombstones (account_id, version);

-- Sessions of an account that shares day totals only count in their days, and are not kept. They come in parts, a push
-- at a time, and any push may come again: so that two parts of a day add up and a part that comes twice does not, each
-- day remembers which sessions it is made of, by a hash of their ids (docs/decisions/0028).
CREATE TABLE breath.folded_days (
  account_id uuid NOT NULL,
  device_id uuid NOT NULL,
  local_date date NOT NULL,
  session_keys bigint[] NOT NULL,
  active_ms bigint NOT NULL,
  cycles bigint NOT NULL,
  xp bigint NOT NULL,
  CONSTRAINT folded_days_pkey PRIMARY KEY (account_id, device_id, local_date),
  CONSTRAINT folded_days_device
    FOREIGN KEY (account_id, device_id) REFERENCES breath.devices(account_id, device_id) ON UPDATE CASCADE ON DELETE
    CASCADE
);

-- A setting of the extension, each device's word on it; the latest counts.
CREATE TABLE breath.settings (
  account_id uuid NOT NULL,
  module text NOT NULL,
  key text NOT NULL,
  device_id uuid NOT NULL,
  version bigint NOT NULL,
  -- JSON as the device sent it.
  value text NOT NULL,
  stated_at timestamptz NOT NULL,
  -- By a right clock, and never more than five minutes ahead of it.
  changed_at timestamptz NOT NULL,
  CONSTRAINT settings_pkey PRIMARY KEY (account_id, module, key, device_id),
  CONSTRAINT settings_module_known CHECK (module IN ('breathing', 'animation', 'gamification', 'stretch', 'display')),
  CONSTRAINT settings_value_size CHECK (octet_length(value) <= 4096),
  CONSTRAINT settings_device
    FOREIGN KEY (account_id, device_id) REFERENCES breath.devices(account_id, device_id) ON UPDATE CASCADE ON DELETE
    CASCADE
);
CREATE UNIQUE INDEX settings_by_version ON breath.settings (account_id, version);

-- What became of each push, for the person to see.
CREATE TABLE breath.push_ledger (
  account_id uuid NOT NULL,
  entry bigint GENERATED ALWAYS AS IDENTITY,
  device_id uuid NOT NULL,
  pushed_at timestamptz NOT NULL DEFAULT now(),
  request_id text NOT NULL,
  kind text NOT NULL,
  stored integer NOT NULL,
  duplicate integer NOT NULL,
  rejected integer NOT NULL,
  -- [{"id", "status"}] of items neither stored nor duplicate; NULL when there are none.
  verdicts jsonb,
  CONSTRAINT push_ledger_pkey PRIMARY KEY (account_id, entry),
  CONSTRAINT push_ledger_kind_known
    CHECK ( kind IN ('sessions', 'days', 'counters', 'settings', 'deletions', 'reset', 'unreadable', 'signed_out'))
);

-- What a person means to practise and when they rest, from a date on: a day is judged by the plan that held on it, so
-- that a new plan does not rewrite the days before.
CREATE TABLE breath.plans (
  account_id uuid NOT NULL,
  from_date date NOT NULL,
  version bigint NOT NULL,
  -- NULL: no such goal.
  daily_minutes smallint,
  weekly_minutes smallint,
  weekly_days smallint,
  -- One bit a weekday, the lowest for Monday.
  rest_days smallint NOT NULL,
  CONSTRAINT plans_pkey PRIMARY KEY (account_id, from_date),
  CONSTRAINT plans_goals_possible
    CHECK ( daily_minutes BETWEEN 1 AND 1440 AND weekly_minutes BETWEEN 1 AND 10080 AND weekly_days BETWEEN 1 AND 7),
  CONSTRAINT plans_rest_days_within_week CHECK (rest_days BETWEEN 0 AND 126),
  CONSTRAINT plans_account FOREIGN KEY (account_id) REFERENCES breath.accounts(account_id) ON DELETE CASCADE
);

-- Challenges whose practice was there when they were claimed, once each.
CREATE TABLE breath.challenge_claims (
  account_id uuid NOT NULL,
  local_date date NOT NULL,
  challenge text NOT NULL,
  xp bigint NOT NULL,
  claimed_at timestamptz NOT NULL DEFAULT now(),
  -- The account it was claimed in, when that was merged into this one.
  merged_from uuid,
  CONSTRAINT challenge_claims_pkey PRIMARY KEY (account_id, local_date, challenge),
  CONSTRAINT challenge_claims_sizes CHECK (xp BETWEEN 1 AND 1000 AND length(challenge) BETWEEN 1 AND 40),
  CONSTRAINT challenge_claims_account
    FOREIGN KEY (account_id) REFERENCES breath.accounts(account_id) ON DELETE CASCADE
);

-- Pictures that somebody shows to whoever has the id: what they chose to show, and nothing else.
CREATE TABLE breath.shares (
  account_id uuid NOT NULL,
  share_id uuid NOT NULL,
  content text[] NOT NULL,
  name text,
  created_at timestamptz NOT NULL DEFAULT now(),
  -- The account it was made in, when that was merged into this one.
  merged_from uuid,
  CONSTRAINT shares_pkey PRIMARY KEY (account_id, share_id),
  CONSTRAINT shares_content_known
    CHECK ( content <@ ARRAY['level', 'streak', 'week', 'totals', 'heatmap', 'trend'] AND cardinality(content) > 0),
  CONSTRAINT shares_name_length CHECK (length(name) BETWEEN 1 AND 40),
  CONSTRAINT shares_id_unique UNIQUE (share_id),
  CONSTRAINT shares_account FOREIGN KEY (account_id) REFERENCES breath.accounts(account_id) ON DELETE CASCADE
);

-- Finds the account of a device that presents itself. The id is a name; the secret is the proof, and only its SHA-256
-- is kept (256 random bits need no slow hash).
CREATE TABLE breath.device_credentials (
  device_id uuid NOT NULL,
  account_id uuid NOT NULL,
  secret_hash bytea NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT device_credentials_pkey PRIMARY KEY (device_id),
  CONSTRAINT device_credentials_hash_size CHECK (octet_length(secret_hash) = 32),
  CONSTRAINT device_credentials_device
    FOREIGN KEY (account_id, device_id) REFERENCES breath.devices(account_id, device_id) ON UPDATE CASCADE ON DELETE
    CASCADE DEFERRABLE INITIALLY DEFERRED
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
  -- When the session was signed in with password and second factor; NULL for every other way in.
  second_factor_at timestamptz,
  CONSTRAINT refresh_sessions_pkey PRIMARY KEY (account_id, session_id),
  CONSTRAINT refresh_sessions_device
    FOREIGN KEY (account_id, device_id) REFERENCES breath.devices(account_id, device_id) ON UPDATE CASCADE ON DELETE
    CASCADE
) WITH (fillfactor = 80);
CREATE INDEX refresh_sessions_by_device ON breath.refresh_sessions (account_id, device_id);

-- One-time codes that let a device join an account, by their hash.
CREATE TABLE breath.pairing_codes (
  code_hash bytea NOT NULL,
  account_id uuid NOT NULL,
  device_id uuid NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL,
  redeemed_at timestamptz,
  redeemed_by uuid,
  -- Which merge a code led to, for who repeats itself.
  merge_id uuid,
  -- A code that was made without the machine's secret is good where it was made: the hash of that network; NULL for
  -- anywhere.
  network bytea,
  CONSTRAINT pairing_codes_pkey PRIMARY KEY (code_hash),
  CONSTRAINT pairing_codes_hash_size CHECK (octet_length(code_hash) = 32),
  CONSTRAINT pairing_codes_device
    FOREIGN KEY (account_id, device_id) REFERENCES breath.devices(account_id, device_id) ON UPDATE CASCADE ON DELETE
    CASCADE
);
-- Codes that are open are counted by account; and a device that goes takes its codes along.
CREATE INDEX pairing_codes_by_device ON breath.pairing_codes (account_id, device_id);

-- A merge that happened, by the account that has its devices now: what an undo needs.
CREATE TABLE breath.merges (
  account_id uuid NOT NULL,
  merge_id uuid NOT NULL DEFAULT gen_random_uuid(),
  source uuid NOT NULL,
  -- The privacy tier it gets back.
  source_detail text NOT NULL,
  -- The devices that go back.
  devices uuid[] NOT NULL,
  -- Which of them redeemed the code.
  redeemed_by uuid NOT NULL,
  merged_at timestamptz NOT NULL DEFAULT now(),
  undone_at timestamptz,
  CONSTRAINT merges_pkey PRIMARY KEY (account_id, merge_id),
  CONSTRAINT merges_account FOREIGN KEY (account_id) REFERENCES breath.accounts(account_id) ON DELETE CASCADE,
  CONSTRAINT merges_source FOREIGN KEY (source) REFERENCES breath.accounts(account_id) ON DELETE CASCADE
);

-- Sign-in of an editor or a terminal by a device that is signed in already (RFC 8628). The device code has 256 bits and
-- is kept as SHA-256; the user code has 34.6, so it is kept as an HMAC with a key that the database does not have.
CREATE TABLE breath.device_grants (
  device_code_hash bytea NOT NULL,
  user_code_hash bytea NOT NULL,
  -- What the approver is shown: who asks and from where, as it was when it asked.
  client text NOT NULL,
  network text NOT NULL,
  -- Who the device will be.
  device_id uuid NOT NULL,
  secret_hash bytea NOT NULL,
  name text NOT NULL,
  time_zone text,
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL,
  -- How long to wait between two polls, which grows with every one that is too early.
  interval_s integer NOT NULL DEFAULT 5,
  polled_at timestamptz,
  decision text,
  account_id uuid,
  decided_by uuid,
  redeemed_at timestamptz,
  CONSTRAINT device_grants_pkey PRIMARY KEY (device_code_hash),
  CONSTRAINT device_grants_decided
    CHECK ( (decision IS NULL) = (account_id IS NULL) AND (account_id IS NULL) = (decided_by IS NULL)),
  CONSTRAINT device_grants_decision_known CHECK (decision IN ('approve', 'deny')),
  CONSTRAINT device_grants_hash_sizes
    CHECK ( octet_length(device_code_hash) = 32 AND octet_length(user_code_hash) = 32 AND octet_length(secret_hash) =
    32),
  CONSTRAINT device_grants_user_code UNIQUE (user_code_hash),
  CONSTRAINT device_grants_device
    FOREIGN KEY (account_id, decided_by) REFERENCES breath.devices(account_id, device_id) ON UPDATE CASCADE ON DELETE
    CASCADE
);
CREATE INDEX device_grants_by_decider ON breath.device_grants (account_id, decided_by);

-- Wrong user codes, by a hash of who tried: a network, an account, or all together. Logged, unlike rate limits: what is
-- left of the tries must survive a crash.
CREATE TABLE breath.wrong_codes (
  subject bytea NOT NULL,
  tries integer NOT NULL,
  since timestamptz NOT NULL,
  CONSTRAINT wrong_codes_pkey PRIMARY KEY (subject),
  CONSTRAINT wrong_codes_subject_size CHECK (octet_length(subject) = 32)
);

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
  CONSTRAINT api_keys_hash_size CHECK (octet_length(key_hash) = 32),
  CONSTRAINT api_keys_scopes_known CHECK (scopes <@ ARRAY['sync', 'stats:read', 'share'] AND cardinality(scopes) > 0),
  CONSTRAINT api_keys_device
    FOREIGN KEY (account_id, device_id) REFERENCES breath.devices(account_id, device_id) ON UPDATE CASCADE ON DELETE
    CASCADE
);
-- A key in WakaTime's spelling has no room for its account, which is found by the key's hash (docs/tokens.md). Like the
-- id of a share (0025), a hash shows its own row and no other, and to those who read alone.
CREATE UNIQUE INDEX api_keys_hash ON breath.api_keys (key_hash);

-- Theoretical arrival times of the generic cell rate algorithm. Keys are keyed hashes. Empty after a crash, which a
-- throttle survives; nothing that must hold (a lockout, an attempt count) may live here.
CREATE UNLOGGED TABLE breath.rate_limits (
  key bytea NOT NULL,
  theoretical_arrival timestamptz NOT NULL,
  CONSTRAINT rate_limits_pkey PRIMARY KEY (key)
) WITH (fillfactor = 60);

-- The data key of an account that has an address, wrapped by a key that the database does not have. What names a person
-- is sealed with it before it comes here (docs/identity.md): without this row nothing of it can be read again, wherever
-- a copy is.
CREATE TABLE breath.account_keys (
  account_id uuid NOT NULL,
  wrapped bytea NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT account_keys_pkey PRIMARY KEY (account_id),
  CONSTRAINT account_keys_account_id_fkey
    FOREIGN KEY (account_id) REFERENCES breath.accounts(account_id) ON DELETE CASCADE
);

-- A way to sign in with an address and a password. What names a person is sealed (account_keys).
CREATE TABLE breath.logins (
  account_id uuid NOT NULL,
  email bytea NOT NULL,
  password_hash text NOT NULL,
  -- Of the token that confirmed the address: its owner may repeat the call, because the reply may have been lost.
  confirmed_by bytea NOT NULL,
  confirmed_at timestamptz NOT NULL DEFAULT now(),
  password_changed_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT logins_pkey PRIMARY KEY (account_id),
  CONSTRAINT logins_account_id_fkey FOREIGN KEY (account_id) REFERENCES breath.accounts(account_id) ON DELETE CASCADE
);

-- Which account has an address: asked before the account is known, by a keyed hash.
CREATE TABLE breath.login_addresses (
  email_index bytea NOT NULL,
  account_id uuid NOT NULL,
  CONSTRAINT login_addresses_pkey PRIMARY KEY (email_index),
  CONSTRAINT login_addresses_index_size CHECK (octet_length(email_index) = 32),
  CONSTRAINT login_addresses_account UNIQUE (account_id),
  CONSTRAINT login_addresses_account_id_fkey
    FOREIGN KEY (account_id) REFERENCES breath.accounts(account_id) ON DELETE CASCADE
);

-- An address that an account says is its own, until the token that was mailed there proves it.
CREATE TABLE breath.email_claims (
  account_id uuid NOT NULL,
  token_hash bytea NOT NULL,
  email_index bytea NOT NULL,
  email bytea NOT NULL,
  password_hash text NOT NULL,
  expires_at timestamptz NOT NULL,
  made_by uuid,
  CONSTRAINT email_claims_pkey PRIMARY KEY (account_id),
  CONSTRAINT email_claims_account_id_fkey
    FOREIGN KEY (account_id) REFERENCES breath.accounts(account_id) ON DELETE CASCADE
);

-- Failed attempts, by a keyed hash of what was tried. Logged, unlike rate limits: a lockout must survive a crash.
CREATE TABLE breath.login_attempts (
  subject bytea NOT NULL,
  failures integer NOT NULL,
  attempted_at timestamptz NOT NULL,
  locked_until timestamptz,
  CONSTRAINT login_attempts_pkey PRIMARY KEY (subject),
  CONSTRAINT login_attempts_subject_size CHECK (octet_length(subject) = 32)
);

-- A mailed token that sets a new password, by its hash; one an account.
CREATE TABLE breath.password_resets (
  account_id uuid NOT NULL,
  token_hash bytea NOT NULL,
  expires_at timestamptz NOT NULL,
  CONSTRAINT password_resets_pkey PRIMARY KEY (account_id),
  CONSTRAINT password_resets_account_id_fkey
    FOREIGN KEY (account_id) REFERENCES breath.accounts(account_id) ON DELETE CASCADE
);

-- Ten codes that get a person in without the phone, or without the password, by their keyed hash; each works once.
CREATE TABLE breath.recovery_codes (
  account_id uuid NOT NULL,
  code_hash bytea NOT NULL,
  made_at timestamptz NOT NULL DEFAULT now(),
  used_at timestamptz,
  -- The device that signed in with it and may repeat itself.
  used_by uuid,
  CONSTRAINT recovery_codes_pkey PRIMARY KEY (account_id, code_hash),
  CONSTRAINT recovery_codes_account_id_fkey
    FOREIGN KEY (account_id) REFERENCES breath.accounts(account_id) ON DELETE CASCADE
);

-- A second factor beside the password (RFC 6238, docs/identity.md): a secret shared with an app on a phone, sealed with
-- the account's data key. It is asked for from the moment it is confirmed.
CREATE TABLE breath.second_factors (
  account_id uuid NOT NULL,
  secret bytea NOT NULL,
  confirmed_at timestamptz,
  -- The newest step whose code was used, and by whom: that device may repeat itself, because the reply may have been
  -- lost.
  last_step bigint NOT NULL DEFAULT 0,
  last_used_by uuid,
  CONSTRAINT second_factors_pkey PRIMARY KEY (account_id),
  CONSTRAINT second_factors_account_id_fkey
    FOREIGN KEY (account_id) REFERENCES breath.accounts(account_id) ON DELETE CASCADE
);

-- Who a person is elsewhere: what a provider that we asked ourselves calls them, and never an e-mail address. Neither
-- part may be empty: an identity without a subject would be everybody's.
CREATE TABLE breath.identities (
  issuer text NOT NULL,
  subject text NOT NULL,
  account_id uuid NOT NULL,
  linked_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT identities_pkey PRIMARY KEY (issuer, subject),
  CONSTRAINT identities_not_empty CHECK (length(issuer) BETWEEN 1 AND 200 AND length(subject) BETWEEN 1 AND 200),
  CONSTRAINT identities_one_an_issuer UNIQUE (account_id, issuer),
  CONSTRAINT identities_account FOREIGN KEY (account_id) REFERENCES breath.accounts(account_id) ON DELETE CASCADE
);

-- Sign-ins that were begun, by the SHA-256 of their state: for one use, by the device that began.
CREATE TABLE breath.sign_ins (
  state_hash bytea NOT NULL,
  issuer text NOT NULL,
  redirect_uri text NOT NULL,
  device_id uuid NOT NULL,
  secret_hash bytea NOT NULL,
  -- Whether an anonymous account of the device may be merged into the one that the identity has.
  merges boolean NOT NULL,
  expires_at timestamptz NOT NULL,
  CONSTRAINT sign_ins_pkey PRIMARY KEY (state_hash),
  CONSTRAINT sign_ins_hash_sizes CHECK (octet_length(state_hash) = 32 AND octet_length(secret_hash) = 32)
);
CREATE INDEX sign_ins_by_device ON breath.sign_ins (device_id);

-- Who may call what is for administrators (docs/security.md, decision 17). The operator writes it, by `breath admins`.
CREATE TABLE breath.admins (
  account_id uuid NOT NULL,
  added_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT admins_pkey PRIMARY KEY (account_id),
  CONSTRAINT admins_account_id_fkey FOREIGN KEY (account_id) REFERENCES breath.accounts(account_id) ON DELETE CASCADE
);

-- Mails to be sent. What they say is sealed with a key of each mail, and both are erased as soon as it has gone out.
CREATE TABLE breath.outbox (
  account_id uuid NOT NULL,
  mail_id uuid NOT NULL,
  kind text NOT NULL,
  wrapped_key bytea,
  payload bytea,
  created_at timestamptz NOT NULL DEFAULT now(),
  -- Later it would be of no use.
  expires_at timestamptz NOT NULL,
  attempts integer NOT NULL DEFAULT 0,
  next_attempt_at timestamptz NOT NULL DEFAULT now(),
  sent_at timestamptz,
  CONSTRAINT outbox_pkey PRIMARY KEY (account_id, mail_id),
  CONSTRAINT outbox_kind_known
    CHECK ( kind IN ( 'confirm_address', 'address_taken', 'reset_password', 'password_changed', 'second_factor_on',
    'second_factor_off', 'codes_tried', 'recovery_codes_made', 'erasure_in_a_month', 'erasure_in_a_week')),
  CONSTRAINT outbox_sent_is_empty CHECK (sent_at IS NULL OR (wrapped_key IS NULL AND payload IS NULL)),
  CONSTRAINT outbox_account_id_fkey FOREIGN KEY (account_id) REFERENCES breath.accounts(account_id) ON DELETE CASCADE
);

-- Whoever asks sees the rows of the account that is entered, the owner too. Policies: sql/access/policies.sql.
DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY[
    'account_keys', 'accounts', 'admins', 'api_keys', 'challenge_claims', 'consents', 'day_totals',
    'device_credentials', 'device_grants', 'devices', 'email_claims', 'folded_days', 'identities',
    'login_addresses', 'logins', 'merges', 'outbox', 'pairing_codes', 'password_resets', 'plans', 'push_ledger',
    'recovery_codes', 'refresh_sessions', 'second_factors', 'sessions', 'settings', 'shares', 'sign_ins',
    'tombstones'
  ] LOOP
    EXECUTE format('ALTER TABLE breath.%I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', name);
  END LOOP;
END
$$;

INSERT INTO breath.tenants (tenant_id, name) VALUES ('00000000-0000-4000-8000-000000000001', 'public');
INSERT INTO breath.incarnations (reason) VALUES ('created');

INSERT INTO breath.time_zone_aliases (alias, name)
SELECT lower(alias), name FROM (VALUES
  ('Africa/Abidjan', 'Africa/Timbuktu Iceland'),
  ('Africa/Cairo', 'Egypt'),
  ('Africa/Nairobi', 'Africa/Asmera'),
  ('Africa/Tripoli', 'Libya'),
  ('America/Adak', 'America/Atka US/Aleutian'),
  ('America/Anchorage', 'US/Alaska'),
  ('America/Argentina/Buenos_Aires', 'America/Buenos_Aires'),
  ('America/Argentina/Catamarca', 'America/Argentina/ComodRivadavia America/Catamarca'),
  ('America/Argentina/Cordoba', 'America/Cordoba America/Rosario'),
  ('America/Argentina/Jujuy', 'America/Jujuy'),
  ('America/Argentina/Mendoza', 'America/Mendoza'),
  ('America/Chicago', 'CST6CDT US/Central'),
  ('America/Denver', 'America/Shiprock MST7MDT Navajo US/Mountain'),
  ('America/Detroit', 'US/Michigan'),
  ('America/Edmonton', 'America/Yellowknife Canada/Mountain'),
  ('America/Halifax', 'Canada/Atlantic'),
  ('America/Havana', 'Cuba'),
  ('America/Indiana/Indianapolis', 'America/Fort_Wayne America/Indianapolis US/East-Indiana'),
  ('America/Indiana/Knox', 'America/Knox_IN US/Indiana-Starke'),
  ('America/Iqaluit', 'America/Pangnirtung'),
  ('America/Jamaica', 'Jamaica'),
  ('America/Kentucky/Louisville', 'America/Louisville'),
  ('America/Los_Angeles', 'PST8PDT US/Pacific US/Pacific-New'),
  ('America/Manaus', 'Brazil/West'),
  ('America/Mazatlan', 'Mexico/BajaSur'),
  ('America/Mexico_City', 'Mexico/General'),
  ('America/New_York', 'EST5EDT US/Eastern'),
  ('America/Noronha', 'Brazil/DeNoronha'),
  ('America/Nuuk', 'America/Godthab'),
  ('America/Panama', 'America/Coral_Harbour EST'),
  ('America/Phoenix', 'MST US/Arizona'),
  ('America/Puerto_Rico', 'America/Virgin'),
  ('America/Regina', 'Canada/East-Saskatchewan Canada/Saskatchewan'),
  ('America/Rio_Branco', 'America/Porto_Acre Brazil/Acre'),
  ('America/Santiago', 'Chile/Continental'),
  ('America/Sao_Paulo', 'Brazil/East'),
  ('America/St_Johns', 'Canada/Newfoundland'),
  ('America/Tijuana', 'America/Ensenada America/Santa_Isabel Mexico/BajaNorte'),
  ('America/Toronto', 'America/Montreal America/Nipigon America/Thunder_Bay Canada/Eastern'),
  ('America/Vancouver', 'Canada/Pacific'),
  ('America/Whitehorse', 'Canada/Yukon'),
  ('America/Winnipeg', 'America/Rainy_River Canada/Central'),
  ('Asia/Ashgabat', 'Asia/Ashkhabad'),
  ('Asia/Dhaka', 'Asia/Dacca'),
  ('Asia/Ho_Chi_Minh', 'Asia/Hanoi Asia/Saigon'),
  ('Asia/Hong_Kong', 'Hongkong'),
  ('Asia/Jerusalem', 'Asia/Tel_Aviv Israel'),
  ('Asia/Kathmandu', 'Asia/Katmandu'),
  ('Asia/Kolkata', 'Asia/Calcutta'),
  ('Asia/Macau', 'Asia/Macao'),
  ('Asia/Makassar', 'Asia/Ujung_Pandang'),
  ('Asia/Nicosia', 'Europe/Nicosia'),
  ('Asia/Seoul', 'ROK'),
  ('Asia/Shanghai', 'Asia/Chongqing Asia/Chungking Asia/Harbin PRC'),
  ('Asia/Singapore', 'Singapore'),
  ('Asia/Taipei', 'ROC'),
  ('Asia/Tehran', 'Iran'),
  ('Asia/Thimphu', 'Asia/Thimbu'),
  ('Asia/Tokyo', 'Japan'),
  ('Asia/Ulaanbaatar', 'Asia/Choibalsan Asia/Ulan_Bator'),
  ('Asia/Urumqi', 'Asia/Kashgar'),
  ('Asia/Yangon', 'Asia/Rangoon'),
  ('Atlantic/Faroe', 'Atlantic/Faeroe'),
  ('Australia/Adelaide', 'Australia/South'),
  ('Australia/Brisbane', 'Australia/Queensland'),
  ('Australia/Broken_Hill', 'Australia/Yancowinna'),
  ('Australia/Darwin', 'Australia/North'),
  ('Australia/Hobart', 'Australia/Currie Australia/Tasmania'),
  ('Australia/Lord_Howe', 'Australia/LHI'),
  ('Australia/Melbourne', 'Australia/Victoria'),
  ('Australia/Perth', 'Australia/West'),
  ('Australia/Sydney', 'Australia/ACT Australia/Canberra Australia/NSW'),
  ('Europe/Athens', 'EET'),
  ('Europe/Brussels', 'CET MET'),
  ('Europe/Chisinau', 'Europe/Tiraspol'),
  ('Europe/Dublin', 'Eire'),
  ('Europe/Istanbul', 'Asia/Istanbul Turkey'),
  ('Europe/Kyiv', 'Europe/Kiev Europe/Uzhgorod Europe/Zaporozhye'),
  ('Europe/Lisbon', 'Portugal WET'),
  ('Europe/London', 'Europe/Belfast GB GB-Eire'),
  ('Europe/Moscow', 'W-SU'),
  ('Europe/Oslo', 'Atlantic/Jan_Mayen'),
  ('Europe/Warsaw', 'Poland'),
  ('Pacific/Auckland', 'Antarctica/South_Pole NZ'),
  ('Pacific/Chatham', 'NZ-CHAT'),
  ('Pacific/Easter', 'Chile/EasterIsland'),
  ('Pacific/Guadalcanal', 'Pacific/Ponape'),
  ('Pacific/Honolulu', 'HST Pacific/Johnston US/Hawaii'),
  ('Pacific/Kanton', 'Pacific/Enderbury'),
  ('Pacific/Kwajalein', 'Kwajalein'),
  ('Pacific/Pago_Pago', 'Pacific/Samoa US/Samoa'),
  ('Pacific/Port_Moresby', 'Pacific/Truk Pacific/Yap'),
  ('UTC', 'Etc/GMT Etc/GMT+0 Etc/GMT-0 Etc/GMT0 Etc/Greenwich Etc/UCT Etc/UTC Etc/Universal Etc/Zulu'
    ' GMT GMT+0 GMT-0 GMT0 Greenwich UCT UTC Universal Zulu')
) AS zones (name, aliases) CROSS JOIN LATERAL string_to_table(aliases, ' ') AS alias;
