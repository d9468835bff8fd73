SET LOCAL ROLE breath_owner;

-- Facts as devices stated them. A session's hash covers its key and its content. Sessions and day totals have no
-- foreign key: every write comes after lock_account() has seen the device in the same transaction, so a check a row
-- would look the same device up again and again (docs/decisions/0005). Erasing an account deletes from them by name.
CREATE TABLE breath.sessions (
  account_id uuid NOT NULL,
  device_id uuid NOT NULL,
  session_id text NOT NULL,
  version bigint NOT NULL,
  local_date date NOT NULL,
  started_at timestamptz NOT NULL,
  ended_at timestamptz NOT NULL,
  active_ms bigint NOT NULL,
  cycles bigint NOT NULL,
  goal_minutes double precision,
  goal_bonus_xp bigint,
  pledge_multiplier double precision,
  pledge_honored boolean,
  final_xp double precision,
  counted_ms bigint NOT NULL,
  xp bigint NOT NULL,
  flags smallint NOT NULL,
  hash_high bigint NOT NULL,
  hash_low bigint NOT NULL,
  received_at timestamptz NOT NULL DEFAULT now(),
  deleted_at timestamptz,
  CONSTRAINT sessions_id_length CHECK (length(session_id) BETWEEN 1 AND 128),
  CONSTRAINT sessions_counts CHECK (counted_ms >= 0 AND xp >= 0)
);
-- By device first: a device pulls what others pushed, and must not walk its own rows to find that there is nothing.
-- The primary key comes after it, because of two indexes that look equally good the planner takes the newer, and while
-- a table is new and has no statistics they do look so to a push that finds its rows by key.
CREATE UNIQUE INDEX sessions_by_version ON breath.sessions (account_id, device_id, version);
ALTER TABLE breath.sessions ADD CONSTRAINT sessions_pkey PRIMARY KEY (account_id, device_id, session_id);

-- Per device, so that devices add up. What a device reports and what the server derives from its sessions are
-- kept apart, and the larger counts: the same practice told twice is not practised twice.
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
  sessions bigint NOT NULL GENERATED ALWAYS AS (greatest(reported_sessions, derived_sessions)) STORED,
  active_ms bigint NOT NULL GENERATED ALWAYS AS (greatest(reported_active_ms, derived_active_ms)) STORED,
  cycles bigint NOT NULL GENERATED ALWAYS AS (greatest(reported_cycles, derived_cycles)) STORED,
  xp bigint NOT NULL GENERATED ALWAYS AS (greatest(reported_xp, derived_xp)) STORED
) WITH (fillfactor = 80);
CREATE UNIQUE INDEX day_totals_by_version ON breath.day_totals (account_id, device_id, version);
ALTER TABLE breath.day_totals ADD CONSTRAINT day_totals_pkey PRIMARY KEY (account_id, local_date, device_id);

CREATE TABLE breath.settings (
  account_id uuid NOT NULL,
  module text NOT NULL,
  key text NOT NULL,
  version bigint NOT NULL,
  value jsonb NOT NULL,
  changed_at timestamptz NOT NULL,
  device_id uuid NOT NULL,
  CONSTRAINT settings_pkey PRIMARY KEY (account_id, module, key),
  CONSTRAINT settings_device FOREIGN KEY (account_id, device_id) REFERENCES breath.devices ON DELETE CASCADE,
  CONSTRAINT settings_module_known
    CHECK (module IN ('breathing', 'animation', 'gamification', 'stretch', 'display')),
  CONSTRAINT settings_value_size CHECK (octet_length(value::text) <= 4096)
);
CREATE UNIQUE INDEX settings_by_version ON breath.settings (account_id, version);

-- What became of each push, for the person to see.
CREATE TABLE breath.push_ledger (
  account_id uuid NOT NULL,
  version bigint NOT NULL,
  device_id uuid NOT NULL,
  pushed_at timestamptz NOT NULL DEFAULT now(),
  request_id text NOT NULL,
  stored integer NOT NULL,
  duplicate integer NOT NULL,
  flagged integer NOT NULL,
  rejected integer NOT NULL,
  CONSTRAINT push_ledger_pkey PRIMARY KEY (account_id, version),
  CONSTRAINT push_ledger_device FOREIGN KEY (account_id, device_id) REFERENCES breath.devices ON DELETE CASCADE
);
