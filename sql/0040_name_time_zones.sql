SET LOCAL ROLE breath_owner;

-- Zones as clients state them. What a person's machine calls its zone is not theirs to choose, so it never keeps
-- anybody out: what means something is stored by the name that this database has for it, what means nothing leaves the
-- zone as it was.

-- Other names of a zone, as tzdata's file `backward` has them, without those that a country of its own goes by
-- (zone.tab): there the zones may part one day. Some systems lack these names (Debian 13 without tzdata-legacy), and
-- some of those without a slash PostgreSQL takes for abbreviations, which know of no summer: to `AT TIME ZONE`, CET is
-- an hour all year.
-- Source: tzdata 2025b, which moved the zones of old (CET, EST5EDT, …) there in 2024b; and names that it had once.
CREATE TABLE breath.time_zone_aliases (
  alias text PRIMARY KEY CONSTRAINT time_zone_aliases_lower_case CHECK (alias = lower(alias)),
  name text NOT NULL
);
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
GRANT SELECT ON breath.time_zone_aliases TO breath_sync, breath_stats, breath_auth, breath_merge;

-- The name to store for what a client states, or NULL when that means nothing. Never fails.
--   Offsets as Intl gives them (ECMA-402: +05:30, -0300, +05) become <+05:30>-05:30, which is PostgreSQL's own spelling
--   of a fixed offset: +05:30 alone it reads as POSIX does, west of Greenwich.
--   Names become what the tz database of this server calls them, in its spelling: setting TimeZone tells it, and knows
--   no abbreviations. The form of a name keeps out POSIX rules (FOO3), which need digits.
CREATE OR REPLACE FUNCTION breath.known_zone(p_zone text) RETURNS text
LANGUAGE plpgsql STABLE SET "TimeZone" TO 'UTC'
AS $$
DECLARE
  ahead CONSTANT text[] := regexp_match(p_zone, '^([+-])([01][0-9]|2[0-3])(?::?([0-5][0-9]))?$');
  hours_minutes CONSTANT text := ahead[2] || ':' || coalesce(ahead[3], '00');
  -- The same names twice more, as a Unix has them; the leap seconds of the second change no date.
  plain CONSTANT text := regexp_replace(p_zone, '^(posix|right)/', '', 'i');
  candidates text[];
  candidate text;
BEGIN
  IF ahead IS NOT NULL THEN
    RETURN CASE WHEN hours_minutes = '00:00' THEN 'UTC'
      ELSE format('<%1$s%2$s>%3$s%2$s', ahead[1], hours_minutes, translate(ahead[1], '+-', '-+')) END;
  END IF;
  SELECT array_agg(a.name) INTO candidates FROM breath.time_zone_aliases a WHERE a.alias = lower(plain);
  IF plain ~ '^[A-Za-z_-]+(/[A-Za-z_-]+)+$' OR plain ~* '^etc/gmt(\+([1-9]|1[0-2])|-([1-9]|1[0-4]))$' THEN
    candidates := candidates || plain;
    -- This server may be older than the name: Europe/Kyiv was Europe/Kiev.
    candidates := candidates || ARRAY(
      SELECT a.alias FROM breath.time_zone_aliases a WHERE lower(a.name) = lower(plain) AND a.alias LIKE '%/%');
  END IF;
  FOREACH candidate IN ARRAY coalesce(candidates, '{}') LOOP
    BEGIN
      RETURN set_config('TimeZone', candidate, true);
    EXCEPTION WHEN invalid_parameter_value THEN
      NULL;
    END;
  END LOOP;
  RETURN NULL;
END
$$;

-- A stored zone as PostgreSQL can count in it. A database that moves to a system with other names, as in a failover or
-- a restore, may not know it any more: that is said in the log, counted in UTC, and must not fail a request. A try costs
-- a subtransaction, so a connection notes the names that it has tried.
CREATE FUNCTION breath.usable_zone(p_stored text) RETURNS text
LANGUAGE plpgsql STABLE
AS $$
DECLARE
  tried text := ' ' || coalesce(current_setting('breath.usable_zones', true), '');
  other text;
BEGIN
  IF strpos(tried, ' ' || p_stored || ' ') > 0 THEN
    RETURN p_stored;
  END IF;
  PERFORM now() AT TIME ZONE p_stored;
  PERFORM set_config('breath.usable_zones', substr(tried, 2) || p_stored || ' ', false);
  RETURN p_stored;
EXCEPTION WHEN invalid_parameter_value THEN
  other := breath.known_zone(p_stored);
  IF other IS NULL THEN
    RAISE WARNING 'a stored time zone is unknown to this database, so UTC is used; breath doctor names the device'
      USING ERRCODE = 'BM100';
  END IF;
  RETURN coalesce(other, 'UTC');
END
$$;

-- As a client may state it again.
CREATE FUNCTION breath.shown_zone(p_stored text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT CASE WHEN p_stored LIKE '<%' THEN substr(p_stored, 2, 6) ELSE p_stored END $$;

-- Where a device is that nobody knew before: where it says, or where its person is at home.
CREATE FUNCTION breath.zone_of_new_device(p_account uuid, p_stated text) RETURNS text
LANGUAGE sql STABLE
AS $$
  SELECT coalesce(
    breath.known_zone(p_stated),
    (
      SELECT breath.usable_zone(a.time_zone) FROM breath.accounts a
      WHERE a.account_id = p_account AND a.time_zone IS NOT NULL
    ),
    'UTC')
$$;

REVOKE ALL ON FUNCTION breath.usable_zone, breath.shown_zone, breath.zone_of_new_device FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.known_zone, breath.usable_zone, breath.shown_zone
  TO breath_sync, breath_stats, breath_auth, breath_merge;
GRANT EXECUTE ON FUNCTION breath.zone_of_new_device TO breath_sync, breath_auth;

-- What is stored already, by the same names. Forced row-level security keeps even the owner from it.
ALTER TABLE breath.devices NO FORCE ROW LEVEL SECURITY;
ALTER TABLE breath.accounts NO FORCE ROW LEVEL SECURITY;
UPDATE breath.devices d SET time_zone = k.name
FROM (
  SELECT z.time_zone, breath.known_zone(z.time_zone) AS name FROM (SELECT DISTINCT time_zone FROM breath.devices) AS z
) AS k
WHERE d.time_zone = k.time_zone AND d.time_zone <> k.name;
UPDATE breath.accounts a SET time_zone = k.name
FROM (
  SELECT z.time_zone, breath.known_zone(z.time_zone) AS name FROM (SELECT DISTINCT time_zone FROM breath.accounts) AS z
) AS k
WHERE a.time_zone = k.time_zone AND a.time_zone <> k.name;
ALTER TABLE breath.devices FORCE ROW LEVEL SECURITY;
ALTER TABLE breath.accounts FORCE ROW LEVEL SECURITY;

-- NULL where the asking device stated none that means something.
ALTER TABLE breath.device_grants ALTER COLUMN time_zone DROP NOT NULL;

-- The functions that store or read a zone, otherwise as they were.

-- As in 0008.
CREATE OR REPLACE FUNCTION breath.enrol_device(
  p_device uuid, p_secret_hash bytea, p_new_account uuid, p_name text, p_time_zone text, p_refresh_session uuid,
  OUT is_new boolean, OUT account uuid, OUT tenant uuid, OUT generation integer
)
LANGUAGE plpgsql
AS $$
BEGIN
  INSERT INTO breath.device_credentials (device_id, account_id, secret_hash)
  VALUES (p_device, p_new_account, p_secret_hash)
  ON CONFLICT (device_id) DO NOTHING;
  is_new := FOUND;
  IF is_new THEN
    account := p_new_account;
    PERFORM set_config('breath.account', account::text, true);
    INSERT INTO breath.accounts (account_id, version) VALUES (account, 1);
    INSERT INTO breath.devices (account_id, device_id, version, name, time_zone)
    VALUES (account, p_device, 1, p_name, breath.zone_of_new_device(account, p_time_zone));
  ELSE
    SELECT account_id INTO account
    FROM breath.device_credentials
    WHERE device_id = p_device AND secret_hash = p_secret_hash;
    IF NOT FOUND THEN
      RAISE EXCEPTION 'device exists' USING ERRCODE = 'BM409';
    END IF;
    PERFORM set_config('breath.account', account::text, true);
  END IF;
  SELECT s.tenant, s.generation INTO tenant, generation
  FROM breath.begin_refresh_session(account, p_device, p_refresh_session) AS s;
END
$$;

-- As in 0025.
CREATE OR REPLACE FUNCTION breath.preview_pairing(
  p_code_hash bytea, p_device uuid, p_secret_hash bytea, p_time_zone text
)
RETURNS TABLE (
  part text, devices bigint, sessions bigint, total_xp bigint, active_ms bigint, longest_streak bigint, today date,
  run_starts date[], run_ends date[], plan_dates date[], daily_minutes smallint[], weekly_minutes smallint[],
  weekly_days smallint[], rest_days smallint[], freezes_from date
)
LANGUAGE plpgsql
AS $$
DECLARE
  target uuid;
  source uuid;
  zone text;
BEGIN
  SELECT p.target, p.source INTO target, source FROM breath.lock_pairing(p_code_hash, p_device, p_secret_hash) AS p;
  IF target IS NULL THEN
    RETURN;
  END IF;
  zone := breath.zone_of_new_device(target, p_time_zone);
  IF source IS NOT NULL THEN
    PERFORM set_config('breath.account', source::text, true);
    SELECT breath.usable_zone(d.time_zone) INTO zone
    FROM breath.devices d WHERE d.account_id = source AND d.device_id = p_device;
    RETURN QUERY SELECT 'this', s.* FROM breath.standing(source, zone) AS s;
  END IF;
  RETURN QUERY SELECT 'other', s.* FROM breath.standing(target, zone) AS s;
  BEGIN
    IF source IS NOT NULL THEN
      PERFORM breath.merge_accounts(source, target, p_device);
    END IF;
    SELECT s.* INTO devices, sessions, total_xp, active_ms, longest_streak, today, run_starts, run_ends, plan_dates,
      daily_minutes, weekly_minutes, weekly_days, rest_days, freezes_from
    FROM breath.standing(target, zone) AS s;
    RAISE EXCEPTION 'taken back' USING ERRCODE = 'BM001';
  EXCEPTION WHEN SQLSTATE 'BM001' THEN
    NULL;
  END;
  part := 'after';
  RETURN NEXT;
END
$$;

-- As in 0016.
CREATE OR REPLACE FUNCTION breath.begin_device_grant(
  p_device_code_hash bytea, p_user_code_hash bytea, p_client text, p_network text, p_device uuid, p_secret_hash bytea,
  p_name text, p_time_zone text, p_expires_at timestamptz
) RETURNS boolean
LANGUAGE plpgsql
AS $$
BEGIN
  IF EXISTS (
    SELECT FROM breath.device_credentials c WHERE c.device_id = p_device AND c.secret_hash <> p_secret_hash
  ) THEN
    RAISE EXCEPTION 'device exists' USING ERRCODE = 'BM409';
  END IF;
  INSERT INTO breath.device_grants (
    device_code_hash, user_code_hash, client, network, device_id, secret_hash, name, time_zone, expires_at)
  VALUES (
    p_device_code_hash, p_user_code_hash, p_client, p_network, p_device, p_secret_hash, p_name,
    breath.known_zone(p_time_zone), p_expires_at)
  ON CONFLICT ON CONSTRAINT device_grants_user_code DO NOTHING;
  RETURN FOUND;
END
$$;

-- As in 0015.
CREATE OR REPLACE FUNCTION breath.device_json(d breath.devices) RETURNS text
LANGUAGE sql STABLE
AS $$
  SELECT '{"id":"' || d.device_id || '","name":' || to_json(d.name)
    || ',"timeZone":' || to_json(breath.shown_zone(d.time_zone))
    || ',"reset":' || coalesce('"' || breath.time_json(d.reset_at) || '"', 'null')
    || ',"revoked":' || (d.revoked_at IS NOT NULL)
    || CASE WHEN d.left_at IS NOT NULL THEN ',"left":true' ELSE '' END || '}'
$$;

-- And a word each in functions that are about something else, so that all else in them stays whatever it is. What is
-- not found raises: then the function does something else with a zone by now.
DO $$
DECLARE
  change record;
  definition text;
BEGIN
  FOR change IN
    SELECT p.oid, i.* FROM (
      VALUES
        ('join_device', '\n[^\n]*PERFORM now\(\) AT TIME ZONE p_time_zone;[^\n]*', ''),
        ('join_device', 'p_name, p_time_zone\)', 'p_name, breath.zone_of_new_device(p_account, p_time_zone))'),
        ('join_device', 'excluded\.time_zone', 'coalesce(breath.known_zone(p_time_zone), d.time_zone)'),
        ('adopt_devices', 'breath\.known_zone\(p_zones\[i\]\)', 'breath.zone_of_new_device(p_account, p_zones[i])'),
        ('store_sessions', ' d\.time_zone,', ' breath.usable_zone(d.time_zone) AS time_zone,')
    ) AS i (name, old, new)
    LEFT JOIN pg_catalog.pg_proc p ON p.pronamespace = 'breath'::regnamespace AND p.proname = i.name
    UNION ALL
    SELECT p.oid, p.proname, 'AT TIME ZONE d\.time_zone', 'AT TIME ZONE breath.usable_zone(d.time_zone)'
    FROM pg_catalog.pg_proc p
    WHERE p.pronamespace = 'breath'::regnamespace AND p.prosrc LIKE '%AT TIME ZONE d.time\_zone%'
  LOOP
    definition := pg_catalog.pg_get_functiondef(change.oid);
    IF definition ~ change.old IS NOT TRUE THEN
      RAISE EXCEPTION 'breath.% has no % any more', change.name, change.old;
    END IF;
    EXECUTE regexp_replace(definition, change.old, change.new, 'g');
  END LOOP;
END
$$;
