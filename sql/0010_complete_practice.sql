SET LOCAL ROLE breath_owner;

-- What exists is rewritten below for all accounts at once, which forced row-level security keeps even from the owner.
ALTER TABLE breath.sessions NO FORCE ROW LEVEL SECURITY;
ALTER TABLE breath.devices NO FORCE ROW LEVEL SECURITY;
ALTER TABLE breath.accounts NO FORCE ROW LEVEL SECURITY;

-- A session is a fact: what its device stated is kept as the members of the JSON object that others pull, written once
-- at the push, and beside it the columns that the server counts by (docs/decisions/0007).
ALTER TABLE breath.sessions ADD COLUMN facts text;
UPDATE breath.sessions SET facts =
  '"id":' || to_json(session_id)
    || ',"startedAt":"' || to_char(started_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
    || '","endedAt":"' || to_char(ended_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
    || '","activeMs":' || active_ms || ',"cycles":' || cycles
    || coalesce(',"goalMinutes":' || goal_minutes, '') || coalesce(',"goalBonusXP":' || goal_bonus_xp, '')
    || coalesce(',"pledgeMultiplier":' || pledge_multiplier, '')
    || coalesce(',"pledgeHonored":' || pledge_honored, '') || coalesce(',"finalXP":' || final_xp, '');
UPDATE breath.sessions SET cycles = greatest(cycles, 0);
ALTER TABLE breath.sessions
  ALTER COLUMN facts SET NOT NULL,
  ADD CONSTRAINT sessions_facts_size CHECK (octet_length(facts) <= 2048),
  DROP COLUMN ended_at, DROP COLUMN active_ms, DROP COLUMN goal_minutes, DROP COLUMN goal_bonus_xp,
  DROP COLUMN pledge_multiplier, DROP COLUMN pledge_honored, DROP COLUMN final_xp, DROP COLUMN deleted_at;

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

ALTER TABLE breath.devices
  -- The marker of the latest clearing of the device's data, as the device itself made it (docs/sync.md).
  ADD COLUMN reset_at timestamptz,
  -- What to add to the device's clock; 0 when it is right within a minute.
  ADD COLUMN clock_offset_ms bigint NOT NULL DEFAULT 0,
  -- The version of the newest row that the device's own pulls leave out: others pull only when it is ahead of them.
  ADD COLUMN rows_version bigint NOT NULL DEFAULT 0;
UPDATE breath.devices d SET rows_version = a.version FROM breath.accounts a WHERE a.account_id = d.account_id;

-- Each device's newest statement about each setting; the winner is the one with the latest corrected time. The old
-- table was never written.
DROP TABLE breath.settings;
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
  CONSTRAINT settings_device FOREIGN KEY (account_id, device_id) REFERENCES breath.devices ON DELETE CASCADE,
  CONSTRAINT settings_module_known
    CHECK (module IN ('breathing', 'animation', 'gamification', 'stretch', 'display')),
  CONSTRAINT settings_value_size CHECK (octet_length(value) <= 4096)
);
CREATE UNIQUE INDEX settings_by_version ON breath.settings (account_id, version);

-- What became of each push, a row for each kind of item in it, for the person to see. The old table was never written.
DROP TABLE breath.push_ledger;
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
    CHECK (kind IN ('sessions', 'days', 'counters', 'settings', 'deletions', 'reset', 'unreadable'))
);

-- Accounts that their owner had erased, and the devices that were theirs: a late push must not bring anything back. Only
-- hashes of random ids: they tell nothing to whoever does not have the id already.
CREATE TABLE breath.erased (
  id_hash bytea PRIMARY KEY,
  erased_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT erased_hash_size CHECK (octet_length(id_hash) = 32)
);

ALTER TABLE breath.sessions FORCE ROW LEVEL SECURITY;
ALTER TABLE breath.devices FORCE ROW LEVEL SECURITY;
ALTER TABLE breath.accounts FORCE ROW LEVEL SECURITY;
DO $$
DECLARE
  table_name text;
BEGIN
  FOREACH table_name IN ARRAY ARRAY['tombstones', 'settings', 'push_ledger'] LOOP
    EXECUTE format('ALTER TABLE breath.%I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', table_name);
    EXECUTE format(
      'CREATE POLICY %I ON breath.%I
         USING (account_id = (SELECT nullif(current_setting(''breath.account'', true), '''')::uuid))
         WITH CHECK (account_id = (SELECT nullif(current_setting(''breath.account'', true), '''')::uuid))',
      table_name || '_of_account', table_name);
    EXECUTE format('CREATE POLICY %I ON breath.%I TO breath_maintenance USING (true)',
      table_name || '_of_maintenance', table_name);
  END LOOP;
END
$$;

GRANT INSERT ON breath.devices TO breath_sync;
GRANT SELECT, INSERT, UPDATE ON breath.tombstones, breath.settings TO breath_sync;
GRANT SELECT, INSERT ON breath.push_ledger TO breath_sync;
GRANT SELECT ON breath.erased TO breath_sync, breath_stats, breath_auth;
GRANT SELECT (account_id), DELETE ON breath.tombstones, breath.settings TO breath_maintenance;
GRANT SELECT, DELETE ON breath.push_ledger TO breath_maintenance;
GRANT SELECT (account_id, device_id) ON breath.devices TO breath_maintenance;
GRANT SELECT, INSERT ON breath.erased TO breath_maintenance;
