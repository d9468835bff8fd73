
CREATE SCHEMA breath;

ALTER SCHEMA breath OWNER TO breath_owner;

CREATE SCHEMA breath_meta;

ALTER SCHEMA breath_meta OWNER TO postgres;

CREATE FUNCTION breath.account_bounds(OUT devices_max integer, OUT known_devices_max integer, OUT merges_max integer, OUT shares_max integer, OUT settings_max integer, OUT statements_max integer, OUT records_max integer, OUT moved_records_max integer, OUT pairing_codes_max integer) RETURNS record;
ALTER FUNCTION breath.account_bounds(OUT devices_max integer, OUT known_devices_max integer, OUT merges_max integer, OUT shares_max integer, OUT settings_max integer, OUT statements_max integer, OUT records_max integer, OUT moved_records_max integer, OUT pairing_codes_max integer) OWNER TO breath_owner;

CREATE FUNCTION breath.account_key(p_account uuid, p_wrapped bytea, OUT wrapped bytea) RETURNS bytea;
ALTER FUNCTION breath.account_key(p_account uuid, p_wrapped bytea, OUT wrapped bytea) OWNER TO breath_owner;

CREATE FUNCTION breath.add_admin(p_account uuid, OUT outcome text) RETURNS text;
ALTER FUNCTION breath.add_admin(p_account uuid, OUT outcome text) OWNER TO breath_owner;

CREATE FUNCTION breath.admin_since(p_account uuid) RETURNS timestamp with time zone;
ALTER FUNCTION breath.admin_since(p_account uuid) OWNER TO breath_owner;

CREATE FUNCTION breath.admit(request_key bytea, interval_ms double precision, burst integer, OUT remaining integer, OUT reset_ms bigint) RETURNS record;
ALTER FUNCTION breath.admit(request_key bytea, interval_ms double precision, burst integer, OUT remaining integer, OUT reset_ms bigint) OWNER TO breath_owner;

CREATE FUNCTION breath.admit_hash(p_keys bytea[], p_interval_ms double precision[], p_bursts integer[], OUT wait_ms bigint, OUT refusal text) RETURNS record;
ALTER FUNCTION breath.admit_hash(p_keys bytea[], p_interval_ms double precision[], p_bursts integer[], OUT wait_ms bigint, OUT refusal text) OWNER TO breath_owner;

CREATE FUNCTION breath.adopt_devices(p_account uuid, p_caller uuid, p_devices uuid[], p_names text[], p_zones text[], p_resets timestamp with time zone[]) RETURNS SETOF integer;
ALTER FUNCTION breath.adopt_devices(p_account uuid, p_caller uuid, p_devices uuid[], p_names text[], p_zones text[], p_resets timestamp with time zone[]) OWNER TO breath_owner;

CREATE FUNCTION breath.announce_settings(p_account uuid, p_other uuid) RETURNS void;
ALTER FUNCTION breath.announce_settings(p_account uuid, p_other uuid) OWNER TO breath_owner;

CREATE FUNCTION breath.begin_administrator_request(p_tenant uuid, p_account uuid, p_device uuid, p_generation integer, p_writes boolean, p_limit_key bytea, p_interval_ms double precision, p_burst integer, OUT remaining integer, OUT reset_ms bigint) RETURNS record;
ALTER FUNCTION breath.begin_administrator_request(p_tenant uuid, p_account uuid, p_device uuid, p_generation integer, p_writes boolean, p_limit_key bytea, p_interval_ms double precision, p_burst integer, OUT remaining integer, OUT reset_ms bigint) OWNER TO breath_owner;

CREATE FUNCTION breath.begin_code(p_account uuid, p_kind text, p_password_subject bytea, OUT is_locked boolean, OUT failures integer) RETURNS record;
ALTER FUNCTION breath.begin_code(p_account uuid, p_kind text, p_password_subject bytea, OUT is_locked boolean, OUT failures integer) OWNER TO breath_owner;

CREATE FUNCTION breath.begin_device_grant(p_device_code_hash bytea, p_user_code_hash bytea, p_client text, p_network text, p_device uuid, p_secret_hash bytea, p_name text, p_time_zone text, p_expires_at timestamp with time zone) RETURNS boolean;
ALTER FUNCTION breath.begin_device_grant(p_device_code_hash bytea, p_user_code_hash bytea, p_client text, p_network text, p_device uuid, p_secret_hash bytea, p_name text, p_time_zone text, p_expires_at timestamp with time zone) OWNER TO breath_owner;

CREATE FUNCTION breath.begin_key_request(p_account uuid, p_device uuid, p_key_hash bytea, p_scope text, p_writes boolean, p_limit_key bytea, p_interval_ms double precision, p_burst integer, OUT remaining integer, OUT reset_ms bigint) RETURNS record;
ALTER FUNCTION breath.begin_key_request(p_account uuid, p_device uuid, p_key_hash bytea, p_scope text, p_writes boolean, p_limit_key bytea, p_interval_ms double precision, p_burst integer, OUT remaining integer, OUT reset_ms bigint) OWNER TO breath_owner;

CREATE FUNCTION breath.begin_login(p_email_index bytea, p_keys bytea[], p_interval_ms double precision[], p_bursts integer[], OUT account uuid, OUT password_hash text, OUT is_locked boolean, OUT wait_ms bigint, OUT refusal text) RETURNS record;
ALTER FUNCTION breath.begin_login(p_email_index bytea, p_keys bytea[], p_interval_ms double precision[], p_bursts integer[], OUT account uuid, OUT password_hash text, OUT is_locked boolean, OUT wait_ms bigint, OUT refusal text) OWNER TO breath_owner;

CREATE FUNCTION breath.begin_maintenance() RETURNS boolean;
ALTER FUNCTION breath.begin_maintenance() OWNER TO breath_owner;

CREATE FUNCTION breath.begin_proof(p_account uuid, p_device uuid, p_subject bytea, p_code_hash bytea, p_keys bytea[], p_interval_ms double precision[], p_bursts integer[], OUT password_hash text, OUT secret_hash bytea, OUT has_code boolean, OUT is_locked boolean, OUT wait_ms bigint, OUT refusal text) RETURNS record;
ALTER FUNCTION breath.begin_proof(p_account uuid, p_device uuid, p_subject bytea, p_code_hash bytea, p_keys bytea[], p_interval_ms double precision[], p_bursts integer[], OUT password_hash text, OUT secret_hash bytea, OUT has_code boolean, OUT is_locked boolean, OUT wait_ms bigint, OUT refusal text) OWNER TO breath_owner;

CREATE FUNCTION breath.begin_refresh_session(p_account uuid, p_device uuid, p_session uuid, OUT tenant uuid, OUT generation integer) RETURNS record;
ALTER FUNCTION breath.begin_refresh_session(p_account uuid, p_device uuid, p_session uuid, OUT tenant uuid, OUT generation integer) OWNER TO breath_owner;

CREATE FUNCTION breath.begin_registration(p_account uuid, p_device uuid, p_secret_hash bytea, p_wrapped bytea, p_keys bytea[], p_interval_ms double precision[], p_bursts integer[], OUT is_proven boolean, OUT has_login boolean, OUT wrapped bytea, OUT wait_ms bigint, OUT refusal text) RETURNS record;
ALTER FUNCTION breath.begin_registration(p_account uuid, p_device uuid, p_secret_hash bytea, p_wrapped bytea, p_keys bytea[], p_interval_ms double precision[], p_bursts integer[], OUT is_proven boolean, OUT has_login boolean, OUT wrapped bytea, OUT wait_ms bigint, OUT refusal text) OWNER TO breath_owner;

CREATE FUNCTION breath.begin_reset(p_email_index bytea, p_token_hash bytea, p_keys bytea[], p_interval_ms double precision[], p_bursts integer[], OUT is_open boolean, OUT wait_ms bigint, OUT refusal text) RETURNS record;
ALTER FUNCTION breath.begin_reset(p_email_index bytea, p_token_hash bytea, p_keys bytea[], p_interval_ms double precision[], p_bursts integer[], OUT is_open boolean, OUT wait_ms bigint, OUT refusal text) OWNER TO breath_owner;

CREATE FUNCTION breath.begin_session_role(p_session uuid, OUT role text, OUT lacks_factor boolean) RETURNS record;
ALTER FUNCTION breath.begin_session_role(p_session uuid, OUT role text, OUT lacks_factor boolean) OWNER TO breath_owner;

CREATE FUNCTION breath.begin_token_request(p_tenant uuid, p_account uuid, p_device uuid, p_generation integer, p_writes boolean, p_limit_key bytea, p_interval_ms double precision, p_burst integer, OUT remaining integer, OUT reset_ms bigint) RETURNS record;
ALTER FUNCTION breath.begin_token_request(p_tenant uuid, p_account uuid, p_device uuid, p_generation integer, p_writes boolean, p_limit_key bytea, p_interval_ms double precision, p_burst integer, OUT remaining integer, OUT reset_ms bigint) OWNER TO breath_owner;

CREATE FUNCTION breath.begin_wakatime_request(p_device uuid, p_key_hash bytea, p_scope text, p_limit_key bytea, p_interval_ms double precision, p_burst integer, OUT remaining integer, OUT reset_ms bigint) RETURNS record;
ALTER FUNCTION breath.begin_wakatime_request(p_device uuid, p_key_hash bytea, p_scope text, p_limit_key bytea, p_interval_ms double precision, p_burst integer, OUT remaining integer, OUT reset_ms bigint) OWNER TO breath_owner;

CREATE FUNCTION breath.carry_claims_and_shares(p_account uuid, p_from uuid, p_to uuid) RETURNS void;
ALTER FUNCTION breath.carry_claims_and_shares(p_account uuid, p_from uuid, p_to uuid) OWNER TO breath_owner;

CREATE FUNCTION breath.change_password(p_account uuid, p_device uuid, p_subject bytea, p_proven_hash text, p_code_hash bytea, p_password_hash text, p_mail uuid, p_wrapped_key bytea, p_payload bytea, OUT is_done boolean) RETURNS boolean;
ALTER FUNCTION breath.change_password(p_account uuid, p_device uuid, p_subject bytea, p_proven_hash text, p_code_hash bytea, p_password_hash text, p_mail uuid, p_wrapped_key bytea, p_payload bytea, OUT is_done boolean) OWNER TO breath_owner;

CREATE FUNCTION breath.change_plan(p_account uuid, p_today date, p_changes jsonb, p_initial_minutes bigint, p_week_start smallint) RETURNS void;
ALTER FUNCTION breath.change_plan(p_account uuid, p_today date, p_changes jsonb, p_initial_minutes bigint, p_week_start smallint) OWNER TO breath_owner;

CREATE FUNCTION breath.charge_bytes(p_account uuid, p_limit_key bytea, p_bytes bigint, p_bytes_a_day double precision, p_burst_bytes double precision) RETURNS void;
ALTER FUNCTION breath.charge_bytes(p_account uuid, p_limit_key bytea, p_bytes bigint, p_bytes_a_day double precision, p_burst_bytes double precision) OWNER TO breath_owner;

CREATE FUNCTION breath.choose_detail(p_account uuid, p_device uuid, p_detail text, OUT removed_sessions bigint, OUT kept_days bigint) RETURNS record;
ALTER FUNCTION breath.choose_detail(p_account uuid, p_device uuid, p_detail text, OUT removed_sessions bigint, OUT kept_days bigint) OWNER TO breath_owner;

CREATE FUNCTION breath.claim_address(p_account uuid, p_device uuid, p_token_hash bytea, p_email_index bytea, p_email bytea, p_password_hash text, p_expires_at timestamp with time zone, p_mail uuid, p_wrapped_key bytea, p_if_free bytea, p_if_taken bytea) RETURNS void;
ALTER FUNCTION breath.claim_address(p_account uuid, p_device uuid, p_token_hash bytea, p_email_index bytea, p_email bytea, p_password_hash text, p_expires_at timestamp with time zone, p_mail uuid, p_wrapped_key bytea, p_if_free bytea, p_if_taken bytea) OWNER TO breath_owner;

CREATE FUNCTION breath.claim_challenge(p_account uuid, p_device uuid, p_date date, p_challenge text, p_xp bigint, p_xp_from bigint, p_xp_below bigint, p_cycles bigint, p_active_ms bigint, p_session_ms bigint, p_minute_from integer, p_minute_below integer, OUT outcome text) RETURNS text;
ALTER FUNCTION breath.claim_challenge(p_account uuid, p_device uuid, p_date date, p_challenge text, p_xp bigint, p_xp_from bigint, p_xp_below bigint, p_cycles bigint, p_active_ms bigint, p_session_ms bigint, p_minute_from integer, p_minute_below integer, OUT outcome text) OWNER TO breath_owner;

CREATE FUNCTION breath.code_subject(p_account uuid, p_kind text) RETURNS bytea;
ALTER FUNCTION breath.code_subject(p_account uuid, p_kind text) OWNER TO breath_owner;

CREATE FUNCTION breath.complete_login(p_account uuid, p_email_index bytea, p_password_hash text, p_stronger_hash text, p_device uuid, p_secret_hash bytea, p_name text, p_time_zone text, p_refresh_session uuid, p_factor bytea DEFAULT NULL::bytea, p_step bigint DEFAULT NULL::bigint, p_code_hash bytea DEFAULT NULL::bytea, OUT tenant uuid, OUT generation integer) RETURNS record;
ALTER FUNCTION breath.complete_login(p_account uuid, p_email_index bytea, p_password_hash text, p_stronger_hash text, p_device uuid, p_secret_hash bytea, p_name text, p_time_zone text, p_refresh_session uuid, p_factor bytea, p_step bigint, p_code_hash bytea, OUT tenant uuid, OUT generation integer) OWNER TO breath_owner;

CREATE FUNCTION breath.confirm_address(p_account uuid, p_token_hash bytea, OUT outcome text) RETURNS text;
ALTER FUNCTION breath.confirm_address(p_account uuid, p_token_hash bytea, OUT outcome text) OWNER TO breath_owner;

CREATE FUNCTION breath.confirm_second_factor(p_account uuid, p_device uuid, p_secret bytea, p_step bigint, p_mail uuid, p_wrapped_key bytea, p_payload bytea, OUT is_done boolean) RETURNS boolean;
ALTER FUNCTION breath.confirm_second_factor(p_account uuid, p_device uuid, p_secret bytea, p_step bigint, p_mail uuid, p_wrapped_key bytea, p_payload bytea, OUT is_done boolean) OWNER TO breath_owner;

CREATE FUNCTION breath.connect_devices(p_account uuid, p_devices uuid[], p_others uuid[]) RETURNS void;
ALTER FUNCTION breath.connect_devices(p_account uuid, p_devices uuid[], p_others uuid[]) OWNER TO breath_owner;

CREATE FUNCTION breath.corrected_time(p_stated_at timestamp with time zone, p_offset_ms bigint) RETURNS timestamp with time zone;
ALTER FUNCTION breath.corrected_time(p_stated_at timestamp with time zone, p_offset_ms bigint) OWNER TO breath_owner;

CREATE FUNCTION breath.count_attempt(p_subject bytea, OUT is_locked boolean) RETURNS boolean;
ALTER FUNCTION breath.count_attempt(p_subject bytea, OUT is_locked boolean) OWNER TO breath_owner;

CREATE FUNCTION breath.count_code_try(p_subjects bytea[], p_tries_max integer[], OUT retry_ms bigint) RETURNS bigint;
ALTER FUNCTION breath.count_code_try(p_subjects bytea[], p_tries_max integer[], OUT retry_ms bigint) OWNER TO breath_owner;

CREATE FUNCTION breath.cursor_life(p_incarnation uuid, p_account uuid) RETURNS uuid;
ALTER FUNCTION breath.cursor_life(p_incarnation uuid, p_account uuid) OWNER TO breath_owner;

CREATE FUNCTION breath.day_hash(p_device uuid, p_date date, p_sessions bigint, p_active_ms bigint, p_cycles bigint, p_xp bigint, OUT high bigint, OUT low bigint, OUT records bigint) RETURNS record;
ALTER FUNCTION breath.day_hash(p_device uuid, p_date date, p_sessions bigint, p_active_ms bigint, p_cycles bigint, p_xp bigint, OUT high bigint, OUT low bigint, OUT records bigint) OWNER TO breath_owner;

CREATE TABLE breath.day_totals (
    account_id uuid NOT NULL,
    local_date date NOT NULL,
    device_id uuid NOT NULL,
    version bigint NOT NULL,
    reported_sessions bigint DEFAULT 0 NOT NULL,
    reported_active_ms bigint DEFAULT 0 NOT NULL,
    reported_cycles bigint DEFAULT 0 NOT NULL,
    reported_xp bigint DEFAULT 0 NOT NULL,
    derived_sessions bigint DEFAULT 0 NOT NULL,
    derived_active_ms bigint DEFAULT 0 NOT NULL,
    derived_cycles bigint DEFAULT 0 NOT NULL,
    derived_xp bigint DEFAULT 0 NOT NULL,
    hash_high bigint DEFAULT 0 NOT NULL,
    hash_low bigint DEFAULT 0 NOT NULL,
    twin_sessions bigint DEFAULT 0 NOT NULL,
    twin_active_ms bigint DEFAULT 0 NOT NULL,
    twin_cycles bigint DEFAULT 0 NOT NULL,
    twin_xp bigint DEFAULT 0 NOT NULL,
    sessions bigint GENERATED ALWAYS AS (GREATEST((reported_sessions - twin_sessions), derived_sessions)) STORED NOT NULL,
    active_ms bigint GENERATED ALWAYS AS (GREATEST((reported_active_ms - twin_active_ms), derived_active_ms)) STORED NOT NULL,
    cycles bigint GENERATED ALWAYS AS (GREATEST((reported_cycles - twin_cycles), derived_cycles)) STORED NOT NULL,
    xp bigint GENERATED ALWAYS AS (GREATEST((reported_xp - twin_xp), derived_xp)) STORED NOT NULL
)
WITH (fillfactor='80');

ALTER TABLE ONLY breath.day_totals FORCE ROW LEVEL SECURITY;

ALTER TABLE breath.day_totals OWNER TO breath_owner;

CREATE FUNCTION breath.day_json(d breath.day_totals) RETURNS text;
ALTER FUNCTION breath.day_json(d breath.day_totals) OWNER TO breath_owner;

CREATE FUNCTION breath.day_of(p_account uuid, p_date date, p_device uuid) RETURNS SETOF breath.day_totals;
ALTER FUNCTION breath.day_of(p_account uuid, p_date date, p_device uuid) OWNER TO breath_owner;

CREATE FUNCTION breath.days_between(p_account uuid, p_device uuid, p_start bigint, p_end bigint) RETURNS SETOF breath.day_totals;
ALTER FUNCTION breath.days_between(p_account uuid, p_device uuid, p_start bigint, p_end bigint) OWNER TO breath_owner;

CREATE FUNCTION breath.days_on(p_account uuid, p_date date) RETURNS SETOF breath.day_totals;
ALTER FUNCTION breath.days_on(p_account uuid, p_date date) OWNER TO breath_owner;

CREATE FUNCTION breath.decide_device_grant(p_user_code_hash bytea, p_subjects bytea[], p_tries_max integer[], p_decision text, p_account uuid, p_device uuid, OUT outcome text, OUT retry_ms bigint) RETURNS record;
ALTER FUNCTION breath.decide_device_grant(p_user_code_hash bytea, p_subjects bytea[], p_tries_max integer[], p_decision text, p_account uuid, p_device uuid, OUT outcome text, OUT retry_ms bigint) OWNER TO breath_owner;

CREATE FUNCTION breath.delete_account_rows(p_accounts uuid[]) RETURNS bigint;
ALTER FUNCTION breath.delete_account_rows(p_accounts uuid[]) OWNER TO breath_maintenance;

CREATE FUNCTION breath.delete_as_elsewhere(p_account uuid, p_other uuid, p_device uuid, p_caller uuid) RETURNS void;
ALTER FUNCTION breath.delete_as_elsewhere(p_account uuid, p_other uuid, p_device uuid, p_caller uuid) OWNER TO breath_owner;

CREATE FUNCTION breath.delete_sessions(p_account uuid, p_caller uuid, p_devices uuid[], p_sessions text[]) RETURNS TABLE(place integer, status text);
ALTER FUNCTION breath.delete_sessions(p_account uuid, p_caller uuid, p_devices uuid[], p_sessions text[]) OWNER TO breath_owner;

CREATE TABLE breath.devices (
    account_id uuid NOT NULL,
    device_id uuid NOT NULL,
    version bigint NOT NULL,
    name text NOT NULL,
    time_zone text NOT NULL,
    token_generation integer DEFAULT 1 NOT NULL,
    revoked_at timestamp with time zone,
    reported_xp bigint DEFAULT 0 NOT NULL,
    reported_longest_streak bigint DEFAULT 0 NOT NULL,
    reported_challenges bigint DEFAULT 0 NOT NULL,
    reported_active_ms bigint DEFAULT 0 NOT NULL,
    sessions bigint DEFAULT 0 NOT NULL,
    active_ms bigint DEFAULT 0 NOT NULL,
    cycles bigint DEFAULT 0 NOT NULL,
    xp bigint DEFAULT 0 NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    reset_at timestamp with time zone,
    clock_offset_ms bigint DEFAULT 0 NOT NULL,
    rows_version bigint DEFAULT 0 NOT NULL,
    left_at timestamp with time zone,
    digest_count bigint DEFAULT 0 NOT NULL,
    digest_high bigint DEFAULT 0 NOT NULL,
    digest_low bigint DEFAULT 0 NOT NULL,
    twin_active_ms bigint DEFAULT 0 NOT NULL,
    twin_xp bigint DEFAULT 0 NOT NULL,
    elsewhere_active_ms bigint DEFAULT 0 NOT NULL,
    elsewhere_xp bigint DEFAULT 0 NOT NULL,
    twin_devices uuid[],
    twin_group uuid,
    CONSTRAINT devices_name_length CHECK (((length(name) >= 1) AND (length(name) <= 64)))
)
WITH (fillfactor='60');

ALTER TABLE ONLY breath.devices FORCE ROW LEVEL SECURITY;

ALTER TABLE breath.devices OWNER TO breath_owner;

CREATE FUNCTION breath.device_json(d breath.devices) RETURNS text;
ALTER FUNCTION breath.device_json(d breath.devices) OWNER TO breath_owner;

CREATE FUNCTION breath.device_refusal(d breath.devices, p_marker timestamp with time zone) RETURNS text;
ALTER FUNCTION breath.device_refusal(d breath.devices, p_marker timestamp with time zone) OWNER TO breath_owner;

CREATE FUNCTION breath.digest_text(p_count bigint, p_high bigint, p_low bigint) RETURNS text;
ALTER FUNCTION breath.digest_text(p_count bigint, p_high bigint, p_low bigint) OWNER TO breath_owner;

CREATE FUNCTION breath.end_offers(p_account uuid, p_devices uuid[]) RETURNS void;
ALTER FUNCTION breath.end_offers(p_account uuid, p_devices uuid[]) OWNER TO breath_owner;

CREATE FUNCTION breath.end_sessions(p_account uuid, p_devices uuid[], p_reason text) RETURNS void;
ALTER FUNCTION breath.end_sessions(p_account uuid, p_devices uuid[], p_reason text) OWNER TO breath_owner;

CREATE FUNCTION breath.enrol_device(p_device uuid, p_secret_hash bytea, p_new_account uuid, p_name text, p_time_zone text, p_refresh_session uuid, OUT is_new boolean, OUT account uuid, OUT tenant uuid, OUT generation integer) RETURNS record;
ALTER FUNCTION breath.enrol_device(p_device uuid, p_secret_hash bytea, p_new_account uuid, p_name text, p_time_zone text, p_refresh_session uuid, OUT is_new boolean, OUT account uuid, OUT tenant uuid, OUT generation integer) OWNER TO breath_owner;

CREATE FUNCTION breath.enter_by_address(p_email_index bytea, OUT account uuid) RETURNS uuid;
ALTER FUNCTION breath.enter_by_address(p_email_index bytea, OUT account uuid) OWNER TO breath_owner;

CREATE FUNCTION breath.erase_account(p_account uuid) RETURNS void;
ALTER FUNCTION breath.erase_account(p_account uuid) OWNER TO breath_maintenance;

CREATE FUNCTION breath.erase_unseen_accounts(batch integer) RETURNS bigint;
ALTER FUNCTION breath.erase_unseen_accounts(batch integer) OWNER TO breath_maintenance;

CREATE FUNCTION breath.export_besides(p_account uuid, p_is_due boolean, p_kind integer, p_key bigint, p_limit integer, OUT profile text, OUT items text[], OUT more boolean, OUT last_kind integer, OUT last_key bigint) RETURNS record;
ALTER FUNCTION breath.export_besides(p_account uuid, p_is_due boolean, p_kind integer, p_key bigint, p_limit integer, OUT profile text, OUT items text[], OUT more boolean, OUT last_kind integer, OUT last_key bigint) OWNER TO breath_owner;

CREATE FUNCTION breath.find_device_grant(p_user_code_hash bytea, p_subjects bytea[], p_tries_max integer[], p_decision text, p_device uuid, OUT outcome text, OUT retry_ms bigint, OUT client text, OUT network text, OUT name text, OUT created_at timestamp with time zone, OUT expires_at timestamp with time zone, OUT device_code_hash bytea, OUT device uuid) RETURNS record;
ALTER FUNCTION breath.find_device_grant(p_user_code_hash bytea, p_subjects bytea[], p_tries_max integer[], p_decision text, p_device uuid, OUT outcome text, OUT retry_ms bigint, OUT client text, OUT network text, OUT name text, OUT created_at timestamp with time zone, OUT expires_at timestamp with time zone, OUT device_code_hash bytea, OUT device uuid) OWNER TO breath_owner;

CREATE FUNCTION breath.fold_sessions(p_account uuid, p_caller uuid, p_device uuid, p_marker timestamp with time zone, p_request_id text, p_only_folded boolean, p_ids text[], p_started_at timestamp with time zone[], p_local_dates date[], p_counted_ms bigint[], p_cycles bigint[], p_xp bigint[]) RETURNS TABLE(place integer, status text, folded_on date);
ALTER FUNCTION breath.fold_sessions(p_account uuid, p_caller uuid, p_device uuid, p_marker timestamp with time zone, p_request_id text, p_only_folded boolean, p_ids text[], p_started_at timestamp with time zone[], p_local_dates date[], p_counted_ms bigint[], p_cycles bigint[], p_xp bigint[]) OWNER TO breath_owner;

CREATE FUNCTION breath.forget_folded_days() RETURNS trigger;
ALTER FUNCTION breath.forget_folded_days() OWNER TO breath_owner;

CREATE FUNCTION breath.has_device_room(p_account uuid, p_device uuid) RETURNS boolean;
ALTER FUNCTION breath.has_device_room(p_account uuid, p_device uuid) OWNER TO breath_owner;

CREATE FUNCTION breath.has_secret(p_account uuid, p_device uuid, p_secret_hash bytea) RETURNS boolean;
ALTER FUNCTION breath.has_secret(p_account uuid, p_device uuid, p_secret_hash bytea) OWNER TO breath_owner;

CREATE FUNCTION breath.hash_day() RETURNS trigger;
ALTER FUNCTION breath.hash_day() OWNER TO breath_owner;

CREATE FUNCTION breath.holdings(p_account uuid) RETURNS text;
ALTER FUNCTION breath.holdings(p_account uuid) OWNER TO breath_owner;

CREATE FUNCTION breath.is_anonymous(p_account uuid) RETURNS boolean;
ALTER FUNCTION breath.is_anonymous(p_account uuid) OWNER TO breath_merge;

CREATE FUNCTION breath.is_at_end(version bigint) RETURNS boolean;
ALTER FUNCTION breath.is_at_end(version bigint) OWNER TO breath_owner;

CREATE FUNCTION breath.is_near_end(version bigint) RETURNS boolean;
ALTER FUNCTION breath.is_near_end(version bigint) OWNER TO breath_owner;

CREATE FUNCTION breath.join_device(p_account uuid, p_device uuid, p_secret_hash bytea, p_name text, p_time_zone text, p_refresh_session uuid, OUT tenant uuid, OUT generation integer) RETURNS record;
ALTER FUNCTION breath.join_device(p_account uuid, p_device uuid, p_secret_hash bytea, p_name text, p_time_zone text, p_refresh_session uuid, OUT tenant uuid, OUT generation integer) OWNER TO breath_owner;

CREATE FUNCTION breath.judge_refresh(p_shown bigint, p_current bigint, p_created_at timestamp with time zone, p_rotated_at timestamp with time zone, p_now timestamp with time zone, OUT outcome text, OUT next_counter bigint) RETURNS record;
ALTER FUNCTION breath.judge_refresh(p_shown bigint, p_current bigint, p_created_at timestamp with time zone, p_rotated_at timestamp with time zone, p_now timestamp with time zone, OUT outcome text, OUT next_counter bigint) OWNER TO breath_owner;

CREATE FUNCTION breath.keep_newest() RETURNS trigger;
ALTER FUNCTION breath.keep_newest() OWNER TO breath_maintenance;

CREATE FUNCTION breath.kept_besides(p_account uuid, p_kind integer, p_key bigint, p_limit integer) RETURNS TABLE(kind integer, key bigint, item text);
ALTER FUNCTION breath.kept_besides(p_account uuid, p_kind integer, p_key bigint, p_limit integer) OWNER TO breath_owner;

CREATE FUNCTION breath.keys_of(p_account uuid, p_makers uuid[]) RETURNS uuid[];
ALTER FUNCTION breath.keys_of(p_account uuid, p_makers uuid[]) OWNER TO breath_owner;

CREATE FUNCTION breath.known_zone(p_zone text) RETURNS text;
ALTER FUNCTION breath.known_zone(p_zone text) OWNER TO breath_owner;

CREATE FUNCTION breath.locate_refresh(p_account uuid, p_session uuid) RETURNS uuid;
ALTER FUNCTION breath.locate_refresh(p_account uuid, p_session uuid) OWNER TO breath_merge;

CREATE FUNCTION breath.lock_accounts(p_accounts uuid[]) RETURNS void;
ALTER FUNCTION breath.lock_accounts(p_accounts uuid[]) OWNER TO breath_merge;

CREATE FUNCTION breath.lock_pairing(p_code_hash bytea, p_device uuid, p_secret_hash bytea, OUT target uuid, OUT source uuid) RETURNS record;
ALTER FUNCTION breath.lock_pairing(p_code_hash bytea, p_device uuid, p_secret_hash bytea, OUT target uuid, OUT source uuid) OWNER TO breath_owner;

CREATE FUNCTION breath.login_by_recovery(p_email_index bytea, p_code_hash bytea, p_device uuid, p_secret_hash bytea, p_name text, p_time_zone text, p_refresh_session uuid, OUT account uuid, OUT tenant uuid, OUT generation integer) RETURNS record;
ALTER FUNCTION breath.login_by_recovery(p_email_index bytea, p_code_hash bytea, p_device uuid, p_secret_hash bytea, p_name text, p_time_zone text, p_refresh_session uuid, OUT account uuid, OUT tenant uuid, OUT generation integer) OWNER TO breath_owner;

CREATE FUNCTION breath.make_api_key(p_account uuid, p_maker uuid, p_device uuid, p_key_hash bytea, p_name text, p_scopes text[], p_expires_at timestamp with time zone, OUT outcome text) RETURNS text;
ALTER FUNCTION breath.make_api_key(p_account uuid, p_maker uuid, p_device uuid, p_key_hash bytea, p_name text, p_scopes text[], p_expires_at timestamp with time zone, OUT outcome text) OWNER TO breath_owner;

CREATE FUNCTION breath.mark_full(p_account uuid, p_device uuid, p_room bigint, p_ids text[], p_known text[]) RETURNS text[];
ALTER FUNCTION breath.mark_full(p_account uuid, p_device uuid, p_room bigint, p_ids text[], p_known text[]) OWNER TO breath_owner;

CREATE FUNCTION breath.mark_twins(p_account uuid, p_device uuid, p_started_at timestamp with time zone[], p_facts text[], p_known text[]) RETURNS text[];
ALTER FUNCTION breath.mark_twins(p_account uuid, p_device uuid, p_started_at timestamp with time zone[], p_facts text[], p_known text[]) OWNER TO breath_owner;

CREATE TABLE breath.device_grants (
    device_code_hash bytea NOT NULL,
    user_code_hash bytea NOT NULL,
    client text NOT NULL,
    network text NOT NULL,
    device_id uuid NOT NULL,
    secret_hash bytea NOT NULL,
    name text NOT NULL,
    time_zone text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    interval_s integer DEFAULT 5 NOT NULL,
    polled_at timestamp with time zone,
    decision text,
    account_id uuid,
    decided_by uuid,
    redeemed_at timestamp with time zone,
    CONSTRAINT device_grants_decided CHECK ((((decision IS NULL) = (account_id IS NULL)) AND ((account_id IS NULL) = (decided_by IS NULL)))),
    CONSTRAINT device_grants_decision_known CHECK ((decision = ANY (ARRAY['approve'::text, 'deny'::text]))),
    CONSTRAINT device_grants_hash_sizes CHECK (((octet_length(device_code_hash) = 32) AND (octet_length(user_code_hash) = 32) AND (octet_length(secret_hash) = 32)))
);

ALTER TABLE ONLY breath.device_grants FORCE ROW LEVEL SECURITY;

ALTER TABLE breath.device_grants OWNER TO breath_owner;

CREATE FUNCTION breath.may_be_granted(asked breath.device_grants) RETURNS boolean;
ALTER FUNCTION breath.may_be_granted(asked breath.device_grants) OWNER TO breath_owner;

CREATE FUNCTION breath.merge_accounts(p_source uuid, p_target uuid, p_device uuid) RETURNS uuid;
ALTER FUNCTION breath.merge_accounts(p_source uuid, p_target uuid, p_device uuid) OWNER TO breath_merge;

CREATE FUNCTION breath.merge_refusal(p_source uuid, p_target uuid) RETURNS text;
ALTER FUNCTION breath.merge_refusal(p_source uuid, p_target uuid) OWNER TO breath_owner;

CREATE FUNCTION breath.microseconds(t timestamp with time zone) RETURNS bigint;
ALTER FUNCTION breath.microseconds(t timestamp with time zone) OWNER TO breath_owner;

CREATE FUNCTION breath.move_devices(p_from uuid, p_to uuid, p_devices uuid[]) RETURNS void;
ALTER FUNCTION breath.move_devices(p_from uuid, p_to uuid, p_devices uuid[]) OWNER TO breath_owner;

CREATE FUNCTION breath.move_key(p_account uuid, p_key uuid) RETURNS void;
ALTER FUNCTION breath.move_key(p_account uuid, p_key uuid) OWNER TO breath_owner;

CREATE FUNCTION breath.move_ledger(p_from uuid, p_to uuid, p_devices uuid[]) RETURNS void;
ALTER FUNCTION breath.move_ledger(p_from uuid, p_to uuid, p_devices uuid[]) OWNER TO breath_owner;

CREATE FUNCTION breath.note_departures(p_account uuid, p_other uuid, p_devices uuid[]) RETURNS void;
ALTER FUNCTION breath.note_departures(p_account uuid, p_other uuid, p_devices uuid[]) OWNER TO breath_owner;

CREATE FUNCTION breath.note_failure(p_keys bytea[], p_interval_ms double precision[], p_bursts integer[]) RETURNS void;
ALTER FUNCTION breath.note_failure(p_keys bytea[], p_interval_ms double precision[], p_bursts integer[]) OWNER TO breath_owner;

CREATE FUNCTION breath.note_login() RETURNS trigger;
ALTER FUNCTION breath.note_login() OWNER TO breath_owner;

CREATE FUNCTION breath.note_mail_sent(p_account uuid, p_mail uuid) RETURNS void;
ALTER FUNCTION breath.note_mail_sent(p_account uuid, p_mail uuid) OWNER TO breath_maintenance;

CREATE FUNCTION breath.note_presence(p_account uuid) RETURNS void;
ALTER FUNCTION breath.note_presence(p_account uuid) OWNER TO breath_owner;

CREATE FUNCTION breath.note_push(p_account uuid, p_caller uuid, p_request_id text, p_kind text, p_ids text[], p_statuses text[], p_remarks jsonb[]) RETURNS void;
ALTER FUNCTION breath.note_push(p_account uuid, p_caller uuid, p_request_id text, p_kind text, p_ids text[], p_statuses text[], p_remarks jsonb[]) OWNER TO breath_owner;

CREATE FUNCTION breath.note_unreadable(p_account uuid, p_caller uuid, p_request_id text, p_ids text[], p_codes text[], p_pointers text[]) RETURNS void;
ALTER FUNCTION breath.note_unreadable(p_account uuid, p_caller uuid, p_request_id text, p_ids text[], p_codes text[], p_pointers text[]) OWNER TO breath_owner;

CREATE FUNCTION breath.number_ledger_line() RETURNS trigger;
ALTER FUNCTION breath.number_ledger_line() OWNER TO breath_owner;

CREATE FUNCTION breath.open_share(p_share uuid, OUT account uuid, OUT content text[], OUT name text) RETURNS record;
ALTER FUNCTION breath.open_share(p_share uuid, OUT account uuid, OUT content text[], OUT name text) OWNER TO breath_owner;

CREATE FUNCTION breath.other_devices(p_account uuid, p_device uuid) RETURNS uuid[];
ALTER FUNCTION breath.other_devices(p_account uuid, p_device uuid) OWNER TO breath_owner;

CREATE FUNCTION breath.page_end(p_account uuid, p_device uuid, p_start bigint, p_end bigint, p_own boolean, p_others uuid[], p_winning bigint[], p_bytes integer) RETURNS bigint;
ALTER FUNCTION breath.page_end(p_account uuid, p_device uuid, p_start bigint, p_end bigint, p_own boolean, p_others uuid[], p_winning bigint[], p_bytes integer) OWNER TO breath_owner;

CREATE FUNCTION breath.poll_device_grant(p_device_code_hash bytea, p_refresh_session uuid, OUT outcome text, OUT account uuid, OUT device uuid, OUT tenant uuid, OUT generation integer) RETURNS record;
ALTER FUNCTION breath.poll_device_grant(p_device_code_hash bytea, p_refresh_session uuid, OUT outcome text, OUT account uuid, OUT device uuid, OUT tenant uuid, OUT generation integer) OWNER TO breath_owner;

CREATE FUNCTION breath.practised_after(p_account uuid, p_practised date[], p_emptied date[]) RETURNS datemultirange;
ALTER FUNCTION breath.practised_after(p_account uuid, p_practised date[], p_emptied date[]) OWNER TO breath_owner;

CREATE FUNCTION breath.preview_pairing(p_code_hash bytea, p_device uuid, p_secret_hash bytea, p_time_zone text) RETURNS TABLE(part text, devices bigint, sessions bigint, total_xp bigint, active_ms bigint, longest_streak bigint, today date, run_starts date[], run_ends date[], plan_dates date[], daily_minutes smallint[], weekly_minutes smallint[], weekly_days smallint[], rest_days smallint[], freezes_from date);
ALTER FUNCTION breath.preview_pairing(p_code_hash bytea, p_device uuid, p_secret_hash bytea, p_time_zone text) OWNER TO breath_owner;

CREATE FUNCTION breath.pull(p_account uuid, p_device uuid, p_incarnation uuid, p_version bigint, p_limit integer, p_own boolean, p_plain boolean, OUT incarnation uuid, OUT next_version bigint, OUT more boolean, OUT is_restart boolean, OUT sessions text, OUT days text, OUT settings text, OUT deletions text, OUT devices text, OUT holdings text) RETURNS record;
ALTER FUNCTION breath.pull(p_account uuid, p_device uuid, p_incarnation uuid, p_version bigint, p_limit integer, p_own boolean, p_plain boolean, OUT incarnation uuid, OUT next_version bigint, OUT more boolean, OUT is_restart boolean, OUT sessions text, OUT days text, OUT settings text, OUT deletions text, OUT devices text, OUT holdings text) OWNER TO breath_owner;

CREATE FUNCTION breath.push_deletions(p_account uuid, p_caller uuid, p_request_id text, p_devices uuid[], p_sessions text[]) RETURNS TABLE(place integer, status text);
ALTER FUNCTION breath.push_deletions(p_account uuid, p_caller uuid, p_request_id text, p_devices uuid[], p_sessions text[]) OWNER TO breath_owner;

CREATE FUNCTION breath.push_reset(p_account uuid, p_device uuid, p_marker timestamp with time zone, p_request_id text) RETURNS void;
ALTER FUNCTION breath.push_reset(p_account uuid, p_device uuid, p_marker timestamp with time zone, p_request_id text) OWNER TO breath_owner;

CREATE FUNCTION breath.record_consent(p_account uuid, p_device uuid, p_subject text, p_choice text, p_text_version text, OUT removed_sessions bigint, OUT kept_days bigint) RETURNS record;
ALTER FUNCTION breath.record_consent(p_account uuid, p_device uuid, p_subject text, p_choice text, p_text_version text, OUT removed_sessions bigint, OUT kept_days bigint) OWNER TO breath_owner;

CREATE FUNCTION breath.record_hash(record text, OUT high bigint, OUT low bigint) RETURNS record;
ALTER FUNCTION breath.record_hash(record text, OUT high bigint, OUT low bigint) OWNER TO breath_owner;

CREATE FUNCTION breath.records(p_account uuid) RETURNS TABLE(device_id uuid, local_date date, high bigint, low bigint);
ALTER FUNCTION breath.records(p_account uuid) OWNER TO breath_owner;

CREATE FUNCTION breath.redeem_pairing(p_code_hash bytea, p_device uuid, p_secret_hash bytea, p_name text, p_time_zone text, p_refresh_session uuid, OUT account uuid, OUT tenant uuid, OUT generation integer, OUT merge uuid, OUT merged_at timestamp with time zone, OUT source uuid, OUT devices uuid[]) RETURNS record;
ALTER FUNCTION breath.redeem_pairing(p_code_hash bytea, p_device uuid, p_secret_hash bytea, p_name text, p_time_zone text, p_refresh_session uuid, OUT account uuid, OUT tenant uuid, OUT generation integer, OUT merge uuid, OUT merged_at timestamp with time zone, OUT source uuid, OUT devices uuid[]) OWNER TO breath_owner;

CREATE FUNCTION breath.refuse_erased(p_id uuid) RETURNS void;
ALTER FUNCTION breath.refuse_erased(p_id uuid) OWNER TO breath_owner;

CREATE FUNCTION breath.refuse_erased_device() RETURNS trigger;
ALTER FUNCTION breath.refuse_erased_device() OWNER TO breath_owner;

CREATE FUNCTION breath.remember_folded_days() RETURNS trigger;
ALTER FUNCTION breath.remember_folded_days() OWNER TO breath_owner;

CREATE FUNCTION breath.remove_admin(p_account uuid, OUT is_done boolean) RETURNS boolean;
ALTER FUNCTION breath.remove_admin(p_account uuid, OUT is_done boolean) OWNER TO breath_owner;

CREATE FUNCTION breath.remove_old_device_grants(batch integer) RETURNS bigint;
ALTER FUNCTION breath.remove_old_device_grants(batch integer) OWNER TO breath_maintenance;

CREATE FUNCTION breath.remove_old_logins(batch integer) RETURNS bigint;
ALTER FUNCTION breath.remove_old_logins(batch integer) OWNER TO breath_maintenance;

CREATE FUNCTION breath.remove_old_pairing_codes(batch integer) RETURNS bigint;
ALTER FUNCTION breath.remove_old_pairing_codes(batch integer) OWNER TO breath_maintenance;

CREATE FUNCTION breath.remove_old_pushes(batch integer) RETURNS bigint;
ALTER FUNCTION breath.remove_old_pushes(batch integer) OWNER TO breath_maintenance;

CREATE FUNCTION breath.remove_old_rate_limits(batch integer) RETURNS bigint;
ALTER FUNCTION breath.remove_old_rate_limits(batch integer) OWNER TO breath_maintenance;

CREATE FUNCTION breath.remove_old_refresh_sessions(batch integer) RETURNS bigint;
ALTER FUNCTION breath.remove_old_refresh_sessions(batch integer) OWNER TO breath_maintenance;

CREATE FUNCTION breath.remove_old_sign_ins(batch integer) RETURNS bigint;
ALTER FUNCTION breath.remove_old_sign_ins(batch integer) OWNER TO breath_maintenance;

CREATE FUNCTION breath.remove_second_factor(p_account uuid, p_subject bytea, p_secret bytea, p_step bigint, p_code_hash bytea, OUT is_done boolean) RETURNS boolean;
ALTER FUNCTION breath.remove_second_factor(p_account uuid, p_subject bytea, p_secret bytea, p_step bigint, p_code_hash bytea, OUT is_done boolean) OWNER TO breath_owner;

CREATE FUNCTION breath.rename_device(p_account uuid, p_device uuid, p_name text) RETURNS SETOF breath.devices;
ALTER FUNCTION breath.rename_device(p_account uuid, p_device uuid, p_name text) OWNER TO breath_owner;

CREATE FUNCTION breath.renew_recovery_codes(p_account uuid, p_device uuid, p_subject bytea, p_code_hashes bytea[], p_secret bytea, p_step bigint, p_mail uuid, p_wrapped_key bytea, p_payload bytea, OUT is_done boolean) RETURNS boolean;
ALTER FUNCTION breath.renew_recovery_codes(p_account uuid, p_device uuid, p_subject bytea, p_code_hashes bytea[], p_secret bytea, p_step bigint, p_mail uuid, p_wrapped_key bytea, p_payload bytea, OUT is_done boolean) OWNER TO breath_owner;

CREATE FUNCTION breath.renumber_account(p_account uuid) RETURNS boolean;
ALTER FUNCTION breath.renumber_account(p_account uuid) OWNER TO breath_merge;

CREATE FUNCTION breath.replace_recovery_codes(p_account uuid, p_subject bytea, p_code_hashes bytea[]) RETURNS void;
ALTER FUNCTION breath.replace_recovery_codes(p_account uuid, p_subject bytea, p_code_hashes bytea[]) OWNER TO breath_owner;

CREATE FUNCTION breath.report_counters(p_account uuid, p_device uuid, p_marker timestamp with time zone, p_xp bigint, p_longest_streak bigint, p_challenges bigint, p_active_ms bigint) RETURNS text;
ALTER FUNCTION breath.report_counters(p_account uuid, p_device uuid, p_marker timestamp with time zone, p_xp bigint, p_longest_streak bigint, p_challenges bigint, p_active_ms bigint) OWNER TO breath_owner;

CREATE FUNCTION breath.report_folded_days(p_account uuid, p_device uuid, p_dates date[]) RETURNS void;
ALTER FUNCTION breath.report_folded_days(p_account uuid, p_device uuid, p_dates date[]) OWNER TO breath_owner;

CREATE FUNCTION breath.request_reset(p_subject bytea, p_email_index bytea, p_token_hash bytea, p_expires_at timestamp with time zone, p_mail uuid, p_wrapped_key bytea, p_payload bytea) RETURNS void;
ALTER FUNCTION breath.request_reset(p_subject bytea, p_email_index bytea, p_token_hash bytea, p_expires_at timestamp with time zone, p_mail uuid, p_wrapped_key bytea, p_payload bytea) OWNER TO breath_owner;

CREATE FUNCTION breath.require_network_of_code(p_code_hash bytea, p_network bytea) RETURNS void;
ALTER FUNCTION breath.require_network_of_code(p_code_hash bytea, p_network bytea) OWNER TO breath_owner;

CREATE FUNCTION breath.reset_device(p_account uuid, p_caller uuid, p_device uuid, p_marker timestamp with time zone) RETURNS boolean;
ALTER FUNCTION breath.reset_device(p_account uuid, p_caller uuid, p_device uuid, p_marker timestamp with time zone) OWNER TO breath_owner;

CREATE FUNCTION breath.reset_password(p_subject bytea, p_email_index bytea, p_token_hash bytea, p_password_hash text, p_mail uuid, p_wrapped_key bytea, p_payload bytea, OUT is_done boolean) RETURNS boolean;
ALTER FUNCTION breath.reset_password(p_subject bytea, p_email_index bytea, p_token_hash bytea, p_password_hash text, p_mail uuid, p_wrapped_key bytea, p_payload bytea, OUT is_done boolean) OWNER TO breath_owner;

CREATE FUNCTION breath.revoke_api_key(p_account uuid, p_device uuid, OUT revoked boolean) RETURNS boolean;
ALTER FUNCTION breath.revoke_api_key(p_account uuid, p_device uuid, OUT revoked boolean) OWNER TO breath_owner;

CREATE FUNCTION breath.revoke_devices(p_account uuid, p_devices uuid[]) RETURNS bigint;
ALTER FUNCTION breath.revoke_devices(p_account uuid, p_devices uuid[]) OWNER TO breath_owner;

CREATE TABLE breath.accounts (
    account_id uuid NOT NULL,
    tenant_id uuid DEFAULT '00000000-0000-4000-8000-000000000001'::uuid NOT NULL,
    version bigint DEFAULT 0 NOT NULL,
    detail text DEFAULT 'days'::text NOT NULL,
    day_start_minutes smallint DEFAULT 0 NOT NULL,
    practised datemultirange DEFAULT '{}'::datemultirange NOT NULL,
    digest_count bigint DEFAULT 0 NOT NULL,
    digest_high bigint DEFAULT 0 NOT NULL,
    digest_low bigint DEFAULT 0 NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    last_seen_on date DEFAULT CURRENT_DATE NOT NULL,
    time_zone text,
    alias text,
    merged_into uuid,
    social boolean DEFAULT false NOT NULL,
    week_start smallint DEFAULT 1 NOT NULL,
    awarded_xp bigint DEFAULT 0 NOT NULL,
    kept bigint DEFAULT 0 NOT NULL,
    tombstones bigint DEFAULT 0 NOT NULL,
    login_since timestamp with time zone,
    CONSTRAINT accounts_alias_length CHECK (((length(alias) >= 1) AND (length(alias) <= 32))),
    CONSTRAINT accounts_day_start_within_day CHECK (((day_start_minutes >= 0) AND (day_start_minutes <= 1439))),
    CONSTRAINT accounts_detail_known CHECK ((detail = ANY (ARRAY['days'::text, 'sessions'::text]))),
    CONSTRAINT accounts_week_start_weekday CHECK (((week_start >= 1) AND (week_start <= 7)))
)
WITH (fillfactor='60');

ALTER TABLE ONLY breath.accounts FORCE ROW LEVEL SECURITY;

ALTER TABLE breath.accounts OWNER TO breath_owner;

CREATE FUNCTION breath.room(a breath.accounts) RETURNS bigint;
ALTER FUNCTION breath.room(a breath.accounts) OWNER TO breath_owner;

CREATE FUNCTION breath.rotate_refresh(p_account uuid, p_session uuid, p_counter bigint, p_request_id text DEFAULT ''::text, p_now timestamp with time zone DEFAULT clock_timestamp(), OUT outcome text, OUT next_counter bigint, OUT device uuid, OUT tenant uuid, OUT generation integer) RETURNS record;
ALTER FUNCTION breath.rotate_refresh(p_account uuid, p_session uuid, p_counter bigint, p_request_id text, p_now timestamp with time zone, OUT outcome text, OUT next_counter bigint, OUT device uuid, OUT tenant uuid, OUT generation integer) OWNER TO breath_owner;

CREATE FUNCTION breath.session_content(p_facts text) RETURNS jsonb;
ALTER FUNCTION breath.session_content(p_facts text) OWNER TO breath_owner;

CREATE FUNCTION breath.session_key(p_session text) RETURNS bigint;
ALTER FUNCTION breath.session_key(p_session text) OWNER TO breath_owner;

CREATE TABLE breath.sessions (
    account_id uuid NOT NULL,
    device_id uuid NOT NULL,
    session_id text NOT NULL,
    version bigint NOT NULL,
    local_date date NOT NULL,
    started_at timestamp with time zone NOT NULL,
    cycles bigint NOT NULL,
    counted_ms bigint NOT NULL,
    xp bigint NOT NULL,
    flags smallint NOT NULL,
    hash_high bigint NOT NULL,
    hash_low bigint NOT NULL,
    received_at timestamp with time zone DEFAULT now() NOT NULL,
    facts text NOT NULL,
    local_minute smallint NOT NULL,
    counts boolean DEFAULT true NOT NULL,
    CONSTRAINT sessions_counts CHECK (((counted_ms >= 0) AND (xp >= 0))),
    CONSTRAINT sessions_facts_size CHECK ((octet_length(facts) <= 2048)),
    CONSTRAINT sessions_id_length CHECK (((length(session_id) >= 1) AND (length(session_id) <= 128))),
    CONSTRAINT sessions_minute_within_day CHECK (((local_minute >= 0) AND (local_minute <= 1439)))
);

ALTER TABLE ONLY breath.sessions FORCE ROW LEVEL SECURITY;

ALTER TABLE breath.sessions OWNER TO breath_owner;

CREATE FUNCTION breath.session_named(p_account uuid, p_device uuid, p_session text) RETURNS SETOF breath.sessions;
ALTER FUNCTION breath.session_named(p_account uuid, p_device uuid, p_session text) OWNER TO breath_owner;

CREATE FUNCTION breath.session_role(p_session uuid) RETURNS text;
ALTER FUNCTION breath.session_role(p_session uuid) OWNER TO breath_owner;

CREATE FUNCTION breath.session_statuses(p_account uuid, p_device uuid, p_version bigint, p_ids text[], p_hash_high bigint[], p_hash_low bigint[], p_known text[]) RETURNS text[];
ALTER FUNCTION breath.session_statuses(p_account uuid, p_device uuid, p_version bigint, p_ids text[], p_hash_high bigint[], p_hash_low bigint[], p_known text[]) OWNER TO breath_owner;

CREATE FUNCTION breath.sessions_begun(p_account uuid, p_start timestamp with time zone) RETURNS SETOF breath.sessions;
ALTER FUNCTION breath.sessions_begun(p_account uuid, p_start timestamp with time zone) OWNER TO breath_owner;

CREATE FUNCTION breath.sessions_between(p_account uuid, p_device uuid, p_start bigint, p_end bigint) RETURNS SETOF breath.sessions;
ALTER FUNCTION breath.sessions_between(p_account uuid, p_device uuid, p_start bigint, p_end bigint) OWNER TO breath_owner;

CREATE FUNCTION breath.set_password(p_account uuid, p_device uuid, p_password_hash text, p_mail uuid, p_wrapped_key bytea, p_payload bytea) RETURNS void;
ALTER FUNCTION breath.set_password(p_account uuid, p_device uuid, p_password_hash text, p_mail uuid, p_wrapped_key bytea, p_payload bytea) OWNER TO breath_owner;

CREATE FUNCTION breath.settle_account(p_account uuid) RETURNS void;
ALTER FUNCTION breath.settle_account(p_account uuid) OWNER TO breath_owner;

CREATE FUNCTION breath.settle_days(p_account uuid, p_device uuid, p_dates date[]) RETURNS void;
ALTER FUNCTION breath.settle_days(p_account uuid, p_device uuid, p_dates date[]) OWNER TO breath_owner;

CREATE FUNCTION breath.settle_deleted(p_account uuid, p_caller uuid, p_gone breath.sessions[]) RETURNS void;
ALTER FUNCTION breath.settle_deleted(p_account uuid, p_caller uuid, p_gone breath.sessions[]) OWNER TO breath_owner;

CREATE FUNCTION breath.settle_derived(p_account uuid, p_devices uuid[], p_dates date[]) RETURNS void;
ALTER FUNCTION breath.settle_derived(p_account uuid, p_devices uuid[], p_dates date[]) OWNER TO breath_owner;

CREATE FUNCTION breath.settle_digests(p_account uuid) RETURNS void;
ALTER FUNCTION breath.settle_digests(p_account uuid) OWNER TO breath_owner;

CREATE FUNCTION breath.settle_groups(p_account uuid) RETURNS void;
ALTER FUNCTION breath.settle_groups(p_account uuid) OWNER TO breath_owner;

CREATE FUNCTION breath.settle_twins(p_account uuid, p_starts timestamp with time zone[]) RETURNS void;
ALTER FUNCTION breath.settle_twins(p_account uuid, p_starts timestamp with time zone[]) OWNER TO breath_owner;

CREATE FUNCTION breath.shown_name(p_name text) RETURNS text;
ALTER FUNCTION breath.shown_name(p_name text) OWNER TO breath_owner;

CREATE FUNCTION breath.shown_zone(p_stored text) RETURNS text;
ALTER FUNCTION breath.shown_zone(p_stored text) OWNER TO breath_owner;

CREATE FUNCTION breath.sign_in(p_issuer text, p_subject text, p_device uuid, p_secret_hash bytea, p_new_account uuid, p_name text, p_time_zone text, p_merges boolean, p_refresh_session uuid, OUT outcome text, OUT is_new boolean, OUT account uuid, OUT tenant uuid, OUT generation integer) RETURNS record;
ALTER FUNCTION breath.sign_in(p_issuer text, p_subject text, p_device uuid, p_secret_hash bytea, p_new_account uuid, p_name text, p_time_zone text, p_merges boolean, p_refresh_session uuid, OUT outcome text, OUT is_new boolean, OUT account uuid, OUT tenant uuid, OUT generation integer) OWNER TO breath_owner;

CREATE FUNCTION breath.standing(p_account uuid, p_time_zone text, OUT devices bigint, OUT sessions bigint, OUT total_xp bigint, OUT active_ms bigint, OUT longest_streak bigint, OUT today date, OUT run_starts date[], OUT run_ends date[], OUT plan_dates date[], OUT daily_minutes smallint[], OUT weekly_minutes smallint[], OUT weekly_days smallint[], OUT rest_days smallint[], OUT freezes_from date) RETURNS record;
ALTER FUNCTION breath.standing(p_account uuid, p_time_zone text, OUT devices bigint, OUT sessions bigint, OUT total_xp bigint, OUT active_ms bigint, OUT longest_streak bigint, OUT today date, OUT run_starts date[], OUT run_ends date[], OUT plan_dates date[], OUT daily_minutes smallint[], OUT weekly_minutes smallint[], OUT weekly_days smallint[], OUT rest_days smallint[], OUT freezes_from date) OWNER TO breath_merge;

CREATE FUNCTION breath.store_days(p_account uuid, p_caller uuid, p_device uuid, p_marker timestamp with time zone, p_request_id text, p_dates date[], p_sessions bigint[], p_active_ms bigint[], p_cycles bigint[], p_xp bigint[]) RETURNS TABLE(place integer, status text);
ALTER FUNCTION breath.store_days(p_account uuid, p_caller uuid, p_device uuid, p_marker timestamp with time zone, p_request_id text, p_dates date[], p_sessions bigint[], p_active_ms bigint[], p_cycles bigint[], p_xp bigint[]) OWNER TO breath_owner;

CREATE FUNCTION breath.store_or_fold_sessions(p_account uuid, p_caller uuid, p_device uuid, p_marker timestamp with time zone, p_request_id text, p_ids text[], p_started_at timestamp with time zone[], p_local_dates date[], p_facts text[], p_counted_ms bigint[], p_cycles bigint[], p_xp bigint[], p_flags smallint[], p_hash_high bigint[], p_hash_low bigint[]) RETURNS TABLE(place integer, status text, folded_on date);
ALTER FUNCTION breath.store_or_fold_sessions(p_account uuid, p_caller uuid, p_device uuid, p_marker timestamp with time zone, p_request_id text, p_ids text[], p_started_at timestamp with time zone[], p_local_dates date[], p_facts text[], p_counted_ms bigint[], p_cycles bigint[], p_xp bigint[], p_flags smallint[], p_hash_high bigint[], p_hash_low bigint[]) OWNER TO breath_owner;

CREATE FUNCTION breath.store_sessions(p_account uuid, p_caller uuid, p_device uuid, p_marker timestamp with time zone, p_request_id text, p_silent text, p_ids text[], p_started_at timestamp with time zone[], p_local_dates date[], p_facts text[], p_counted_ms bigint[], p_cycles bigint[], p_xp bigint[], p_flags smallint[], p_hash_high bigint[], p_hash_low bigint[]) RETURNS TABLE(place integer, status text);
ALTER FUNCTION breath.store_sessions(p_account uuid, p_caller uuid, p_device uuid, p_marker timestamp with time zone, p_request_id text, p_silent text, p_ids text[], p_started_at timestamp with time zone[], p_local_dates date[], p_facts text[], p_counted_ms bigint[], p_cycles bigint[], p_xp bigint[], p_flags smallint[], p_hash_high bigint[], p_hash_low bigint[]) OWNER TO breath_owner;

CREATE FUNCTION breath.store_settings(p_account uuid, p_device uuid, p_request_id text, p_modules text[], p_keys text[], p_values text[], p_stated_at timestamp with time zone[]) RETURNS TABLE(place integer, status text, is_stored boolean);
ALTER FUNCTION breath.store_settings(p_account uuid, p_device uuid, p_request_id text, p_modules text[], p_keys text[], p_values text[], p_stated_at timestamp with time zone[]) OWNER TO breath_owner;

CREATE FUNCTION breath.store_twins(p_account uuid, p_device uuid, p_version bigint, p_ids text[], p_started_at timestamp with time zone[], p_local_dates date[], p_facts text[], p_counted_ms bigint[], p_cycles bigint[], p_xp bigint[], p_flags smallint[], p_hash_high bigint[], p_hash_low bigint[], p_known text[], OUT stored integer, OUT statuses text[]) RETURNS record;
ALTER FUNCTION breath.store_twins(p_account uuid, p_device uuid, p_version bigint, p_ids text[], p_started_at timestamp with time zone[], p_local_dates date[], p_facts text[], p_counted_ms bigint[], p_cycles bigint[], p_xp bigint[], p_flags smallint[], p_hash_high bigint[], p_hash_low bigint[], p_known text[], OUT stored integer, OUT statuses text[]) OWNER TO breath_owner;

CREATE FUNCTION breath.take_mails(p_count integer) RETURNS TABLE(mail_id uuid, account_id uuid, kind text, wrapped_key bytea, payload bytea, account_key bytea, email bytea, created_at timestamp with time zone, attempts integer);
ALTER FUNCTION breath.take_mails(p_count integer) OWNER TO breath_maintenance;

CREATE FUNCTION breath.take_sign_in(p_state_hash bytea, p_device uuid, p_secret_hash bytea, OUT redirect_uri text, OUT merges boolean) RETURNS record;
ALTER FUNCTION breath.take_sign_in(p_state_hash bytea, p_device uuid, p_secret_hash bytea, OUT redirect_uri text, OUT merges boolean) OWNER TO breath_owner;

CREATE FUNCTION breath.tell_of_wrong_codes(p_account uuid, p_mail uuid, p_wrapped_key bytea, p_payload bytea) RETURNS void;
ALTER FUNCTION breath.tell_of_wrong_codes(p_account uuid, p_mail uuid, p_wrapped_key bytea, p_payload bytea) OWNER TO breath_owner;

CREATE FUNCTION breath.tell_owner(p_account uuid, p_kind text, p_mail uuid, p_wrapped_key bytea, p_payload bytea) RETURNS void;
ALTER FUNCTION breath.tell_owner(p_account uuid, p_kind text, p_mail uuid, p_wrapped_key bytea, p_payload bytea) OWNER TO breath_owner;

CREATE FUNCTION breath.time_json(t timestamp with time zone) RETURNS text;
ALTER FUNCTION breath.time_json(t timestamp with time zone) OWNER TO breath_owner;

CREATE FUNCTION breath.tombstone_hash(p_device uuid, p_session text, OUT high bigint, OUT low bigint) RETURNS record;
ALTER FUNCTION breath.tombstone_hash(p_device uuid, p_session text, OUT high bigint, OUT low bigint) OWNER TO breath_owner;

CREATE TABLE breath.tombstones (
    account_id uuid NOT NULL,
    hash_high bigint NOT NULL,
    hash_low bigint NOT NULL,
    version bigint NOT NULL,
    device_id uuid NOT NULL,
    session_id text,
    deleted_by uuid NOT NULL,
    deleted_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE ONLY breath.tombstones FORCE ROW LEVEL SECURITY;

ALTER TABLE breath.tombstones OWNER TO breath_owner;

CREATE FUNCTION breath.tombstone_of(p_account uuid, p_high bigint, p_low bigint) RETURNS SETOF breath.tombstones;
ALTER FUNCTION breath.tombstone_of(p_account uuid, p_high bigint, p_low bigint) OWNER TO breath_owner;

CREATE FUNCTION breath.tombstones_between(p_account uuid, p_start bigint, p_end bigint) RETURNS SETOF breath.tombstones;
ALTER FUNCTION breath.tombstones_between(p_account uuid, p_start bigint, p_end bigint) OWNER TO breath_owner;

CREATE FUNCTION breath.totals(p_account uuid) RETURNS TABLE(xp bigint, sessions bigint, active_ms bigint, cycles bigint, longest_streak bigint, reported_active_ms bigint, challenges bigint);
ALTER FUNCTION breath.totals(p_account uuid) OWNER TO breath_owner;

CREATE FUNCTION breath.try_admit(p_key bytea, p_interval_ms double precision, p_burst integer, OUT wait_ms bigint, OUT refusal text) RETURNS record;
ALTER FUNCTION breath.try_admit(p_key bytea, p_interval_ms double precision, p_burst integer, OUT wait_ms bigint, OUT refusal text) OWNER TO breath_owner;

CREATE FUNCTION breath.turn_off_second_factor(p_account uuid, p_subject bytea, p_secret bytea, p_step bigint, p_code_hash bytea, p_mail uuid, p_wrapped_key bytea, p_payload bytea, OUT is_done boolean) RETURNS boolean;
ALTER FUNCTION breath.turn_off_second_factor(p_account uuid, p_subject bytea, p_secret bytea, p_step bigint, p_code_hash bytea, p_mail uuid, p_wrapped_key bytea, p_payload bytea, OUT is_done boolean) OWNER TO breath_owner;

CREATE FUNCTION breath.undo_merge(p_account uuid, p_device uuid, p_generation integer, p_merge uuid, OUT outcome text, OUT source uuid) RETURNS record;
ALTER FUNCTION breath.undo_merge(p_account uuid, p_device uuid, p_generation integer, p_merge uuid, OUT outcome text, OUT source uuid) OWNER TO breath_merge;

CREATE FUNCTION breath.unite_days(p_source uuid, p_target uuid, p_device uuid, p_head bigint, p_versions bigint[]) RETURNS void;
ALTER FUNCTION breath.unite_days(p_source uuid, p_target uuid, p_device uuid, p_head bigint, p_versions bigint[]) OWNER TO breath_owner;

CREATE FUNCTION breath.unite_device(p_source uuid, p_target uuid, p_device uuid, p_caller uuid) RETURNS void;
ALTER FUNCTION breath.unite_device(p_source uuid, p_target uuid, p_device uuid, p_caller uuid) OWNER TO breath_owner;

CREATE FUNCTION breath.update_device(p_account uuid, p_device uuid, p_name text, p_zone text, p_behind_ms bigint, OUT is_unknown_zone boolean) RETURNS boolean;
ALTER FUNCTION breath.update_device(p_account uuid, p_device uuid, p_name text, p_zone text, p_behind_ms bigint, OUT is_unknown_zone boolean) OWNER TO breath_owner;

CREATE FUNCTION breath.usable_zone(p_stored text) RETURNS text;
ALTER FUNCTION breath.usable_zone(p_stored text) OWNER TO breath_owner;

CREATE FUNCTION breath.use_second_factor(p_account uuid, p_device uuid, p_secret bytea, p_step bigint, p_code_hash bytea, OUT is_good boolean) RETURNS boolean;
ALTER FUNCTION breath.use_second_factor(p_account uuid, p_device uuid, p_secret bytea, p_step bigint, p_code_hash bytea, OUT is_good boolean) OWNER TO breath_owner;

CREATE FUNCTION breath.versions_of(p_account uuid, p_devices uuid[]) RETURNS bigint[];
ALTER FUNCTION breath.versions_of(p_account uuid, p_devices uuid[]) OWNER TO breath_owner;

CREATE FUNCTION breath.warn_unseen_accounts(batch integer) RETURNS bigint;
ALTER FUNCTION breath.warn_unseen_accounts(batch integer) OWNER TO breath_maintenance;

CREATE FUNCTION breath.ways_to_sign_in() RETURNS TABLE(issuer text, subject text, since timestamp with time zone);
ALTER FUNCTION breath.ways_to_sign_in() OWNER TO breath_owner;

CREATE FUNCTION breath.zone_of_key(p_account uuid, p_key uuid) RETURNS text;
ALTER FUNCTION breath.zone_of_key(p_account uuid, p_key uuid) OWNER TO breath_owner;

CREATE FUNCTION breath.zone_of_new_device(p_account uuid, p_stated text) RETURNS text;
ALTER FUNCTION breath.zone_of_new_device(p_account uuid, p_stated text) OWNER TO breath_owner;

CREATE TABLE breath.account_keys (
    account_id uuid NOT NULL,
    wrapped bytea NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE ONLY breath.account_keys FORCE ROW LEVEL SECURITY;

ALTER TABLE breath.account_keys OWNER TO breath_owner;

CREATE TABLE breath.admins (
    account_id uuid NOT NULL,
    added_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);

ALTER TABLE ONLY breath.admins FORCE ROW LEVEL SECURITY;

ALTER TABLE breath.admins OWNER TO breath_owner;

CREATE TABLE breath.api_keys (
    account_id uuid NOT NULL,
    device_id uuid NOT NULL,
    key_hash bytea NOT NULL,
    scopes text[] NOT NULL,
    made_by uuid NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    last_used_on date,
    CONSTRAINT api_keys_hash_size CHECK ((octet_length(key_hash) = 32)),
    CONSTRAINT api_keys_scopes_known CHECK (((scopes <@ ARRAY['sync'::text, 'stats:read'::text, 'share'::text]) AND (cardinality(scopes) > 0)))
);

ALTER TABLE ONLY breath.api_keys FORCE ROW LEVEL SECURITY;

ALTER TABLE breath.api_keys OWNER TO breath_owner;

CREATE TABLE breath.challenge_claims (
    account_id uuid NOT NULL,
    local_date date NOT NULL,
    challenge text NOT NULL,
    xp bigint NOT NULL,
    claimed_at timestamp with time zone DEFAULT now() NOT NULL,
    merged_from uuid,
    CONSTRAINT challenge_claims_sizes CHECK ((((xp >= 1) AND (xp <= 1000)) AND ((length(challenge) >= 1) AND (length(challenge) <= 40))))
);

ALTER TABLE ONLY breath.challenge_claims FORCE ROW LEVEL SECURITY;

ALTER TABLE breath.challenge_claims OWNER TO breath_owner;

CREATE TABLE breath.consents (
    account_id uuid NOT NULL,
    recorded_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    device_id uuid NOT NULL,
    subject text NOT NULL,
    choice text NOT NULL,
    text_version text,
    CONSTRAINT consents_subject_known CHECK ((subject = ANY (ARRAY['detail'::text, 'social'::text]))),
    CONSTRAINT consents_text_version_form CHECK ((text_version ~ '^[A-Za-z0-9._-]{1,32}$'::text))
);

ALTER TABLE ONLY breath.consents FORCE ROW LEVEL SECURITY;

ALTER TABLE breath.consents OWNER TO breath_owner;

CREATE TABLE breath.device_credentials (
    device_id uuid NOT NULL,
    account_id uuid NOT NULL,
    secret_hash bytea NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT device_credentials_hash_size CHECK ((octet_length(secret_hash) = 32))
);

ALTER TABLE ONLY breath.device_credentials FORCE ROW LEVEL SECURITY;

ALTER TABLE breath.device_credentials OWNER TO breath_owner;

CREATE TABLE breath.email_claims (
    account_id uuid NOT NULL,
    token_hash bytea NOT NULL,
    email_index bytea NOT NULL,
    email bytea NOT NULL,
    password_hash text NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    made_by uuid
);

ALTER TABLE ONLY breath.email_claims FORCE ROW LEVEL SECURITY;

ALTER TABLE breath.email_claims OWNER TO breath_owner;

CREATE TABLE breath.erased (
    id_hash bytea NOT NULL,
    erased_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT erased_hash_size CHECK ((octet_length(id_hash) = 32))
);

ALTER TABLE breath.erased OWNER TO breath_owner;

CREATE TABLE breath.folded_days (
    account_id uuid NOT NULL,
    device_id uuid NOT NULL,
    local_date date NOT NULL,
    session_keys bigint[] NOT NULL,
    active_ms bigint NOT NULL,
    cycles bigint NOT NULL,
    xp bigint NOT NULL
);

ALTER TABLE ONLY breath.folded_days FORCE ROW LEVEL SECURITY;

ALTER TABLE breath.folded_days OWNER TO breath_owner;

CREATE TABLE breath.identities (
    issuer text NOT NULL,
    subject text NOT NULL,
    account_id uuid NOT NULL,
    linked_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT identities_not_empty CHECK ((((length(issuer) >= 1) AND (length(issuer) <= 200)) AND ((length(subject) >= 1) AND (length(subject) <= 200))))
);

ALTER TABLE ONLY breath.identities FORCE ROW LEVEL SECURITY;

ALTER TABLE breath.identities OWNER TO breath_owner;

CREATE TABLE breath.incarnations (
    incarnation uuid DEFAULT gen_random_uuid() NOT NULL,
    begun_at timestamp with time zone DEFAULT now() NOT NULL,
    reason text NOT NULL
);

ALTER TABLE breath.incarnations OWNER TO breath_owner;

CREATE TABLE breath.login_addresses (
    email_index bytea NOT NULL,
    account_id uuid NOT NULL,
    CONSTRAINT login_addresses_index_size CHECK ((octet_length(email_index) = 32))
);

ALTER TABLE ONLY breath.login_addresses FORCE ROW LEVEL SECURITY;

ALTER TABLE breath.login_addresses OWNER TO breath_owner;

CREATE TABLE breath.login_attempts (
    subject bytea NOT NULL,
    failures integer NOT NULL,
    attempted_at timestamp with time zone NOT NULL,
    locked_until timestamp with time zone,
    CONSTRAINT login_attempts_subject_size CHECK ((octet_length(subject) = 32))
);

ALTER TABLE breath.login_attempts OWNER TO breath_owner;

CREATE TABLE breath.logins (
    account_id uuid NOT NULL,
    email bytea NOT NULL,
    password_hash text NOT NULL,
    confirmed_by bytea NOT NULL,
    confirmed_at timestamp with time zone DEFAULT now() NOT NULL,
    password_changed_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE ONLY breath.logins FORCE ROW LEVEL SECURITY;

ALTER TABLE breath.logins OWNER TO breath_owner;

CREATE TABLE breath.merges (
    account_id uuid NOT NULL,
    merge_id uuid DEFAULT gen_random_uuid() NOT NULL,
    source uuid NOT NULL,
    source_detail text NOT NULL,
    devices uuid[] NOT NULL,
    redeemed_by uuid NOT NULL,
    merged_at timestamp with time zone DEFAULT now() NOT NULL,
    undone_at timestamp with time zone
);

ALTER TABLE ONLY breath.merges FORCE ROW LEVEL SECURITY;

ALTER TABLE breath.merges OWNER TO breath_owner;

CREATE TABLE breath.outbox (
    account_id uuid NOT NULL,
    mail_id uuid NOT NULL,
    kind text NOT NULL,
    wrapped_key bytea,
    payload bytea,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    next_attempt_at timestamp with time zone DEFAULT now() NOT NULL,
    sent_at timestamp with time zone,
    CONSTRAINT outbox_kind_known CHECK ((kind = ANY (ARRAY['confirm_address'::text, 'address_taken'::text, 'reset_password'::text, 'password_changed'::text, 'second_factor_on'::text, 'second_factor_off'::text, 'codes_tried'::text, 'recovery_codes_made'::text, 'erasure_in_a_month'::text, 'erasure_in_a_week'::text]))),
    CONSTRAINT outbox_sent_is_empty CHECK (((sent_at IS NULL) OR ((wrapped_key IS NULL) AND (payload IS NULL))))
);

ALTER TABLE ONLY breath.outbox FORCE ROW LEVEL SECURITY;

ALTER TABLE breath.outbox OWNER TO breath_owner;

CREATE TABLE breath.pairing_codes (
    code_hash bytea NOT NULL,
    account_id uuid NOT NULL,
    device_id uuid NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    redeemed_at timestamp with time zone,
    redeemed_by uuid,
    merge_id uuid,
    network bytea,
    CONSTRAINT pairing_codes_hash_size CHECK ((octet_length(code_hash) = 32))
);

ALTER TABLE ONLY breath.pairing_codes FORCE ROW LEVEL SECURITY;

ALTER TABLE breath.pairing_codes OWNER TO breath_owner;

CREATE TABLE breath.password_resets (
    account_id uuid NOT NULL,
    token_hash bytea NOT NULL,
    expires_at timestamp with time zone NOT NULL
);

ALTER TABLE ONLY breath.password_resets FORCE ROW LEVEL SECURITY;

ALTER TABLE breath.password_resets OWNER TO breath_owner;

CREATE TABLE breath.plans (
    account_id uuid NOT NULL,
    from_date date NOT NULL,
    version bigint NOT NULL,
    daily_minutes smallint,
    weekly_minutes smallint,
    weekly_days smallint,
    rest_days smallint NOT NULL,
    CONSTRAINT plans_goals_possible CHECK ((((daily_minutes >= 1) AND (daily_minutes <= 1440)) AND ((weekly_minutes >= 1) AND (weekly_minutes <= 10080)) AND ((weekly_days >= 1) AND (weekly_days <= 7)))),
    CONSTRAINT plans_rest_days_within_week CHECK (((rest_days >= 0) AND (rest_days <= 126)))
);

ALTER TABLE ONLY breath.plans FORCE ROW LEVEL SECURITY;

ALTER TABLE breath.plans OWNER TO breath_owner;

CREATE TABLE breath.push_ledger (
    account_id uuid NOT NULL,
    entry bigint NOT NULL,
    device_id uuid NOT NULL,
    pushed_at timestamp with time zone DEFAULT now() NOT NULL,
    request_id text NOT NULL,
    kind text NOT NULL,
    stored integer NOT NULL,
    duplicate integer NOT NULL,
    rejected integer NOT NULL,
    verdicts jsonb,
    CONSTRAINT push_ledger_kind_known CHECK ((kind = ANY (ARRAY['sessions'::text, 'days'::text, 'counters'::text, 'settings'::text, 'deletions'::text, 'reset'::text, 'unreadable'::text, 'signed_out'::text])))
);

ALTER TABLE ONLY breath.push_ledger FORCE ROW LEVEL SECURITY;

ALTER TABLE breath.push_ledger OWNER TO breath_owner;

CREATE UNLOGGED TABLE breath.rate_limits (
    key bytea NOT NULL,
    theoretical_arrival timestamp with time zone NOT NULL
)
WITH (fillfactor='60');

ALTER TABLE breath.rate_limits OWNER TO breath_owner;

CREATE TABLE breath.recovery_codes (
    account_id uuid NOT NULL,
    code_hash bytea NOT NULL,
    made_at timestamp with time zone DEFAULT now() NOT NULL,
    used_at timestamp with time zone,
    used_by uuid
);

ALTER TABLE ONLY breath.recovery_codes FORCE ROW LEVEL SECURITY;

ALTER TABLE breath.recovery_codes OWNER TO breath_owner;

CREATE TABLE breath.refresh_sessions (
    account_id uuid NOT NULL,
    session_id uuid NOT NULL,
    device_id uuid NOT NULL,
    counter bigint DEFAULT 1 NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    rotated_at timestamp with time zone DEFAULT now() NOT NULL,
    ended_at timestamp with time zone,
    end_reason text,
    second_factor_at timestamp with time zone
)
WITH (fillfactor='80');

ALTER TABLE ONLY breath.refresh_sessions FORCE ROW LEVEL SECURITY;

ALTER TABLE breath.refresh_sessions OWNER TO breath_owner;

CREATE TABLE breath.second_factors (
    account_id uuid NOT NULL,
    secret bytea NOT NULL,
    confirmed_at timestamp with time zone,
    last_step bigint DEFAULT 0 NOT NULL,
    last_used_by uuid
);

ALTER TABLE ONLY breath.second_factors FORCE ROW LEVEL SECURITY;

ALTER TABLE breath.second_factors OWNER TO breath_owner;

CREATE TABLE breath.settings (
    account_id uuid NOT NULL,
    module text NOT NULL,
    key text NOT NULL,
    device_id uuid NOT NULL,
    version bigint NOT NULL,
    value text NOT NULL,
    stated_at timestamp with time zone NOT NULL,
    changed_at timestamp with time zone NOT NULL,
    CONSTRAINT settings_module_known CHECK ((module = ANY (ARRAY['breathing'::text, 'animation'::text, 'gamification'::text, 'stretch'::text, 'display'::text]))),
    CONSTRAINT settings_value_size CHECK ((octet_length(value) <= 4096))
);

ALTER TABLE ONLY breath.settings FORCE ROW LEVEL SECURITY;

ALTER TABLE breath.settings OWNER TO breath_owner;

CREATE TABLE breath.shares (
    account_id uuid NOT NULL,
    share_id uuid NOT NULL,
    content text[] NOT NULL,
    name text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    merged_from uuid,
    CONSTRAINT shares_content_known CHECK (((content <@ ARRAY['level'::text, 'streak'::text, 'week'::text, 'totals'::text, 'heatmap'::text, 'trend'::text]) AND (cardinality(content) > 0))),
    CONSTRAINT shares_name_length CHECK (((length(name) >= 1) AND (length(name) <= 40)))
);

ALTER TABLE ONLY breath.shares FORCE ROW LEVEL SECURITY;

ALTER TABLE breath.shares OWNER TO breath_owner;

CREATE TABLE breath.sign_ins (
    state_hash bytea NOT NULL,
    issuer text NOT NULL,
    redirect_uri text NOT NULL,
    device_id uuid NOT NULL,
    secret_hash bytea NOT NULL,
    merges boolean NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    CONSTRAINT sign_ins_hash_sizes CHECK (((octet_length(state_hash) = 32) AND (octet_length(secret_hash) = 32)))
);

ALTER TABLE ONLY breath.sign_ins FORCE ROW LEVEL SECURITY;

ALTER TABLE breath.sign_ins OWNER TO breath_owner;

CREATE TABLE breath.tenants (
    tenant_id uuid DEFAULT gen_random_uuid() NOT NULL,
    name text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE breath.tenants OWNER TO breath_owner;

CREATE TABLE breath.time_zone_aliases (
    alias text NOT NULL,
    name text NOT NULL,
    CONSTRAINT time_zone_aliases_lower_case CHECK ((alias = lower(alias)))
);

ALTER TABLE breath.time_zone_aliases OWNER TO breath_owner;

CREATE TABLE breath.wrong_codes (
    subject bytea NOT NULL,
    tries integer NOT NULL,
    since timestamp with time zone NOT NULL,
    CONSTRAINT wrong_codes_subject_size CHECK ((octet_length(subject) = 32))
);

ALTER TABLE breath.wrong_codes OWNER TO breath_owner;

CREATE TABLE breath_meta.definition_sets (
    digest text NOT NULL,
    applied_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE breath_meta.definition_sets OWNER TO postgres;

CREATE TABLE breath_meta.definitions (
    path text NOT NULL,
    checksum text NOT NULL,
    applied_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE breath_meta.definitions OWNER TO postgres;

CREATE TABLE breath_meta.migrations (
    number integer NOT NULL,
    name text NOT NULL,
    checksum text NOT NULL,
    applied_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE breath_meta.migrations OWNER TO postgres;

ALTER TABLE ONLY breath.account_keys
    ADD CONSTRAINT account_keys_pkey PRIMARY KEY (account_id);

ALTER TABLE ONLY breath.accounts
    ADD CONSTRAINT accounts_pkey PRIMARY KEY (account_id);

ALTER TABLE ONLY breath.admins
    ADD CONSTRAINT admins_pkey PRIMARY KEY (account_id);

ALTER TABLE ONLY breath.api_keys
    ADD CONSTRAINT api_keys_pkey PRIMARY KEY (account_id, device_id);

ALTER TABLE ONLY breath.challenge_claims
    ADD CONSTRAINT challenge_claims_pkey PRIMARY KEY (account_id, local_date, challenge);

ALTER TABLE ONLY breath.consents
    ADD CONSTRAINT consents_pkey PRIMARY KEY (account_id, recorded_at, subject);

ALTER TABLE ONLY breath.day_totals
    ADD CONSTRAINT day_totals_pkey PRIMARY KEY (account_id, local_date, device_id);

ALTER TABLE ONLY breath.device_credentials
    ADD CONSTRAINT device_credentials_pkey PRIMARY KEY (device_id);

ALTER TABLE ONLY breath.device_grants
    ADD CONSTRAINT device_grants_pkey PRIMARY KEY (device_code_hash);

ALTER TABLE ONLY breath.device_grants
    ADD CONSTRAINT device_grants_user_code UNIQUE (user_code_hash);

ALTER TABLE ONLY breath.devices
    ADD CONSTRAINT devices_pkey PRIMARY KEY (account_id, device_id);

ALTER TABLE ONLY breath.email_claims
    ADD CONSTRAINT email_claims_pkey PRIMARY KEY (account_id);

ALTER TABLE ONLY breath.erased
    ADD CONSTRAINT erased_pkey PRIMARY KEY (id_hash);

ALTER TABLE ONLY breath.folded_days
    ADD CONSTRAINT folded_days_pkey PRIMARY KEY (account_id, device_id, local_date);

ALTER TABLE ONLY breath.identities
    ADD CONSTRAINT identities_one_an_issuer UNIQUE (account_id, issuer);

ALTER TABLE ONLY breath.identities
    ADD CONSTRAINT identities_pkey PRIMARY KEY (issuer, subject);

ALTER TABLE ONLY breath.incarnations
    ADD CONSTRAINT incarnations_pkey PRIMARY KEY (incarnation);

ALTER TABLE ONLY breath.login_addresses
    ADD CONSTRAINT login_addresses_account UNIQUE (account_id);

ALTER TABLE ONLY breath.login_addresses
    ADD CONSTRAINT login_addresses_pkey PRIMARY KEY (email_index);

ALTER TABLE ONLY breath.login_attempts
    ADD CONSTRAINT login_attempts_pkey PRIMARY KEY (subject);

ALTER TABLE ONLY breath.logins
    ADD CONSTRAINT logins_pkey PRIMARY KEY (account_id);

ALTER TABLE ONLY breath.merges
    ADD CONSTRAINT merges_pkey PRIMARY KEY (account_id, merge_id);

ALTER TABLE ONLY breath.outbox
    ADD CONSTRAINT outbox_pkey PRIMARY KEY (account_id, mail_id);

ALTER TABLE ONLY breath.pairing_codes
    ADD CONSTRAINT pairing_codes_pkey PRIMARY KEY (code_hash);

ALTER TABLE ONLY breath.password_resets
    ADD CONSTRAINT password_resets_pkey PRIMARY KEY (account_id);

ALTER TABLE ONLY breath.plans
    ADD CONSTRAINT plans_pkey PRIMARY KEY (account_id, from_date);

ALTER TABLE ONLY breath.push_ledger
    ADD CONSTRAINT push_ledger_pkey PRIMARY KEY (account_id, entry);

ALTER TABLE ONLY breath.rate_limits
    ADD CONSTRAINT rate_limits_pkey PRIMARY KEY (key);

ALTER TABLE ONLY breath.recovery_codes
    ADD CONSTRAINT recovery_codes_pkey PRIMARY KEY (account_id, code_hash);

ALTER TABLE ONLY breath.refresh_sessions
    ADD CONSTRAINT refresh_sessions_pkey PRIMARY KEY (account_id, session_id);

ALTER TABLE ONLY breath.second_factors
    ADD CONSTRAINT second_factors_pkey PRIMARY KEY (account_id);

ALTER TABLE ONLY breath.sessions
    ADD CONSTRAINT sessions_pkey PRIMARY KEY (account_id, device_id, session_id);

ALTER TABLE ONLY breath.settings
    ADD CONSTRAINT settings_pkey PRIMARY KEY (account_id, module, key, device_id);

ALTER TABLE ONLY breath.shares
    ADD CONSTRAINT shares_id_unique UNIQUE (share_id);

ALTER TABLE ONLY breath.shares
    ADD CONSTRAINT shares_pkey PRIMARY KEY (account_id, share_id);

ALTER TABLE ONLY breath.sign_ins
    ADD CONSTRAINT sign_ins_pkey PRIMARY KEY (state_hash);

ALTER TABLE ONLY breath.tenants
    ADD CONSTRAINT tenants_name_unique UNIQUE (name);

ALTER TABLE ONLY breath.tenants
    ADD CONSTRAINT tenants_pkey PRIMARY KEY (tenant_id);

ALTER TABLE ONLY breath.time_zone_aliases
    ADD CONSTRAINT time_zone_aliases_pkey PRIMARY KEY (alias);

ALTER TABLE ONLY breath.tombstones
    ADD CONSTRAINT tombstones_pkey PRIMARY KEY (account_id, hash_high, hash_low);

ALTER TABLE ONLY breath.wrong_codes
    ADD CONSTRAINT wrong_codes_pkey PRIMARY KEY (subject);

ALTER TABLE ONLY breath_meta.definition_sets
    ADD CONSTRAINT definition_sets_pkey PRIMARY KEY (digest);

ALTER TABLE ONLY breath_meta.definitions
    ADD CONSTRAINT definitions_pkey PRIMARY KEY (path);

ALTER TABLE ONLY breath_meta.migrations
    ADD CONSTRAINT migrations_pkey PRIMARY KEY (number);

CREATE UNIQUE INDEX api_keys_hash ON breath.api_keys USING btree (key_hash);

CREATE UNIQUE INDEX day_totals_by_version ON breath.day_totals USING btree (account_id, device_id, version);

CREATE INDEX device_grants_by_decider ON breath.device_grants USING btree (account_id, decided_by);

CREATE INDEX pairing_codes_by_device ON breath.pairing_codes USING btree (account_id, device_id);

CREATE INDEX refresh_sessions_by_device ON breath.refresh_sessions USING btree (account_id, device_id);

CREATE INDEX sessions_by_date ON breath.sessions USING btree (account_id, local_date, started_at);

CREATE UNIQUE INDEX sessions_by_version ON breath.sessions USING btree (account_id, device_id, version);

CREATE UNIQUE INDEX settings_by_version ON breath.settings USING btree (account_id, version);

CREATE INDEX sign_ins_by_device ON breath.sign_ins USING btree (device_id);

CREATE UNIQUE INDEX tombstones_by_version ON breath.tombstones USING btree (account_id, version);

CREATE TRIGGER accounts_remember_folded_days AFTER UPDATE OF detail ON breath.accounts FOR EACH ROW WHEN (((old.detail = 'sessions'::text) AND (new.detail = 'days'::text))) EXECUTE FUNCTION breath.remember_folded_days();

CREATE TRIGGER consents_keep_newest AFTER INSERT ON breath.consents FOR EACH ROW EXECUTE FUNCTION breath.keep_newest();

CREATE TRIGGER day_totals_hash_changed BEFORE UPDATE OF reported_sessions, reported_active_ms, reported_cycles, reported_xp ON breath.day_totals FOR EACH ROW WHEN (((((old.reported_sessions IS DISTINCT FROM new.reported_sessions) OR (old.reported_active_ms IS DISTINCT FROM new.reported_active_ms)) OR (old.reported_cycles IS DISTINCT FROM new.reported_cycles)) OR (old.reported_xp IS DISTINCT FROM new.reported_xp))) EXECUTE FUNCTION breath.hash_day();

CREATE TRIGGER day_totals_hash_new BEFORE INSERT ON breath.day_totals FOR EACH ROW WHEN ((GREATEST(new.reported_sessions, new.reported_active_ms, new.reported_cycles, new.reported_xp) > 0)) EXECUTE FUNCTION breath.hash_day();

CREATE TRIGGER device_credentials_refuse_erased BEFORE INSERT ON breath.device_credentials FOR EACH ROW EXECUTE FUNCTION breath.refuse_erased_device();

CREATE TRIGGER devices_forget_folded_days AFTER UPDATE OF reset_at ON breath.devices FOR EACH ROW WHEN ((old.reset_at IS DISTINCT FROM new.reset_at)) EXECUTE FUNCTION breath.forget_folded_days();

CREATE TRIGGER identities_note_login AFTER INSERT ON breath.identities FOR EACH ROW EXECUTE FUNCTION breath.note_login();

CREATE TRIGGER logins_note_login AFTER INSERT ON breath.logins FOR EACH ROW EXECUTE FUNCTION breath.note_login();

CREATE TRIGGER outbox_keep_newest AFTER INSERT ON breath.outbox FOR EACH ROW EXECUTE FUNCTION breath.keep_newest();

CREATE TRIGGER push_ledger_keep_newest AFTER INSERT ON breath.push_ledger FOR EACH ROW WHEN ((random() < ((1.0 / (256)::numeric))::double precision)) EXECUTE FUNCTION breath.keep_newest();

CREATE TRIGGER push_ledger_number BEFORE INSERT ON breath.push_ledger FOR EACH ROW EXECUTE FUNCTION breath.number_ledger_line();

CREATE TRIGGER refresh_sessions_keep_newest AFTER INSERT ON breath.refresh_sessions FOR EACH ROW EXECUTE FUNCTION breath.keep_newest();

ALTER TABLE ONLY breath.account_keys
    ADD CONSTRAINT account_keys_account_id_fkey FOREIGN KEY (account_id) REFERENCES breath.accounts(account_id) ON DELETE CASCADE;

ALTER TABLE ONLY breath.accounts
    ADD CONSTRAINT accounts_merged_into FOREIGN KEY (merged_into) REFERENCES breath.accounts(account_id) ON DELETE CASCADE;

ALTER TABLE ONLY breath.accounts
    ADD CONSTRAINT accounts_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES breath.tenants(tenant_id);

ALTER TABLE ONLY breath.admins
    ADD CONSTRAINT admins_account_id_fkey FOREIGN KEY (account_id) REFERENCES breath.accounts(account_id) ON DELETE CASCADE;

ALTER TABLE ONLY breath.api_keys
    ADD CONSTRAINT api_keys_device FOREIGN KEY (account_id, device_id) REFERENCES breath.devices(account_id, device_id) ON UPDATE CASCADE ON DELETE CASCADE;

ALTER TABLE ONLY breath.challenge_claims
    ADD CONSTRAINT challenge_claims_account FOREIGN KEY (account_id) REFERENCES breath.accounts(account_id) ON DELETE CASCADE;

ALTER TABLE ONLY breath.consents
    ADD CONSTRAINT consents_account_id_fkey FOREIGN KEY (account_id) REFERENCES breath.accounts(account_id) ON DELETE CASCADE;

ALTER TABLE ONLY breath.device_credentials
    ADD CONSTRAINT device_credentials_device FOREIGN KEY (account_id, device_id) REFERENCES breath.devices(account_id, device_id) ON UPDATE CASCADE ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY breath.device_grants
    ADD CONSTRAINT device_grants_device FOREIGN KEY (account_id, decided_by) REFERENCES breath.devices(account_id, device_id) ON UPDATE CASCADE ON DELETE CASCADE;

ALTER TABLE ONLY breath.devices
    ADD CONSTRAINT devices_account_id_fkey FOREIGN KEY (account_id) REFERENCES breath.accounts(account_id) ON DELETE CASCADE;

ALTER TABLE ONLY breath.email_claims
    ADD CONSTRAINT email_claims_account_id_fkey FOREIGN KEY (account_id) REFERENCES breath.accounts(account_id) ON DELETE CASCADE;

ALTER TABLE ONLY breath.folded_days
    ADD CONSTRAINT folded_days_device FOREIGN KEY (account_id, device_id) REFERENCES breath.devices(account_id, device_id) ON UPDATE CASCADE ON DELETE CASCADE;

ALTER TABLE ONLY breath.identities
    ADD CONSTRAINT identities_account FOREIGN KEY (account_id) REFERENCES breath.accounts(account_id) ON DELETE CASCADE;

ALTER TABLE ONLY breath.login_addresses
    ADD CONSTRAINT login_addresses_account_id_fkey FOREIGN KEY (account_id) REFERENCES breath.accounts(account_id) ON DELETE CASCADE;

ALTER TABLE ONLY breath.logins
    ADD CONSTRAINT logins_account_id_fkey FOREIGN KEY (account_id) REFERENCES breath.accounts(account_id) ON DELETE CASCADE;

ALTER TABLE ONLY breath.merges
    ADD CONSTRAINT merges_account FOREIGN KEY (account_id) REFERENCES breath.accounts(account_id) ON DELETE CASCADE;

ALTER TABLE ONLY breath.merges
    ADD CONSTRAINT merges_source FOREIGN KEY (source) REFERENCES breath.accounts(account_id) ON DELETE CASCADE;

ALTER TABLE ONLY breath.outbox
    ADD CONSTRAINT outbox_account_id_fkey FOREIGN KEY (account_id) REFERENCES breath.accounts(account_id) ON DELETE CASCADE;

ALTER TABLE ONLY breath.pairing_codes
    ADD CONSTRAINT pairing_codes_device FOREIGN KEY (account_id, device_id) REFERENCES breath.devices(account_id, device_id) ON UPDATE CASCADE ON DELETE CASCADE;

ALTER TABLE ONLY breath.password_resets
    ADD CONSTRAINT password_resets_account_id_fkey FOREIGN KEY (account_id) REFERENCES breath.accounts(account_id) ON DELETE CASCADE;

ALTER TABLE ONLY breath.plans
    ADD CONSTRAINT plans_account FOREIGN KEY (account_id) REFERENCES breath.accounts(account_id) ON DELETE CASCADE;

ALTER TABLE ONLY breath.recovery_codes
    ADD CONSTRAINT recovery_codes_account_id_fkey FOREIGN KEY (account_id) REFERENCES breath.accounts(account_id) ON DELETE CASCADE;

ALTER TABLE ONLY breath.refresh_sessions
    ADD CONSTRAINT refresh_sessions_device FOREIGN KEY (account_id, device_id) REFERENCES breath.devices(account_id, device_id) ON UPDATE CASCADE ON DELETE CASCADE;

ALTER TABLE ONLY breath.second_factors
    ADD CONSTRAINT second_factors_account_id_fkey FOREIGN KEY (account_id) REFERENCES breath.accounts(account_id) ON DELETE CASCADE;

ALTER TABLE ONLY breath.settings
    ADD CONSTRAINT settings_device FOREIGN KEY (account_id, device_id) REFERENCES breath.devices(account_id, device_id) ON UPDATE CASCADE ON DELETE CASCADE;

ALTER TABLE ONLY breath.shares
    ADD CONSTRAINT shares_account FOREIGN KEY (account_id) REFERENCES breath.accounts(account_id) ON DELETE CASCADE;

ALTER TABLE breath.account_keys ENABLE ROW LEVEL SECURITY;

CREATE POLICY account_keys_entered ON breath.account_keys USING ((account_id = (NULLIF(current_setting('breath.account'::text, true), ''::text))::uuid)) WITH CHECK ((account_id = (NULLIF(current_setting('breath.account'::text, true), ''::text))::uuid));

CREATE POLICY account_keys_of_dump ON breath.account_keys FOR SELECT TO breath_dump USING (true);

CREATE POLICY account_keys_of_maintenance ON breath.account_keys TO breath_maintenance USING (true);

ALTER TABLE breath.accounts ENABLE ROW LEVEL SECURITY;

CREATE POLICY accounts_entered ON breath.accounts USING (((account_id = (NULLIF(current_setting('breath.account'::text, true), ''::text))::uuid) AND (tenant_id = COALESCE((NULLIF(current_setting('breath.tenant'::text, true), ''::text))::uuid, tenant_id)))) WITH CHECK (((account_id = (NULLIF(current_setting('breath.account'::text, true), ''::text))::uuid) AND (tenant_id = COALESCE((NULLIF(current_setting('breath.tenant'::text, true), ''::text))::uuid, tenant_id))));

CREATE POLICY accounts_of_dump ON breath.accounts FOR SELECT TO breath_dump USING (true);

CREATE POLICY accounts_of_maintenance ON breath.accounts TO breath_maintenance USING (true);

CREATE POLICY accounts_of_merge ON breath.accounts TO breath_merge USING (true);

ALTER TABLE breath.admins ENABLE ROW LEVEL SECURITY;

CREATE POLICY admins_entered ON breath.admins USING ((account_id = (NULLIF(current_setting('breath.account'::text, true), ''::text))::uuid)) WITH CHECK ((account_id = (NULLIF(current_setting('breath.account'::text, true), ''::text))::uuid));

CREATE POLICY admins_of_dump ON breath.admins FOR SELECT TO breath_dump USING (true);

CREATE POLICY admins_of_maintenance ON breath.admins FOR SELECT TO breath_maintenance USING (true);

ALTER TABLE breath.api_keys ENABLE ROW LEVEL SECURITY;

CREATE POLICY api_keys_entered ON breath.api_keys USING ((account_id = (NULLIF(current_setting('breath.account'::text, true), ''::text))::uuid)) WITH CHECK ((account_id = (NULLIF(current_setting('breath.account'::text, true), ''::text))::uuid));

CREATE POLICY api_keys_of_dump ON breath.api_keys FOR SELECT TO breath_dump USING (true);

CREATE POLICY api_keys_shown ON breath.api_keys FOR SELECT TO breath_stats USING ((key_hash = decode(NULLIF(current_setting('breath.key'::text, true), ''::text), 'hex'::text)));

ALTER TABLE breath.challenge_claims ENABLE ROW LEVEL SECURITY;

CREATE POLICY challenge_claims_entered ON breath.challenge_claims USING ((account_id = (NULLIF(current_setting('breath.account'::text, true), ''::text))::uuid)) WITH CHECK ((account_id = (NULLIF(current_setting('breath.account'::text, true), ''::text))::uuid));

CREATE POLICY challenge_claims_of_dump ON breath.challenge_claims FOR SELECT TO breath_dump USING (true);

CREATE POLICY challenge_claims_of_merge ON breath.challenge_claims TO breath_merge USING (true);

ALTER TABLE breath.consents ENABLE ROW LEVEL SECURITY;

CREATE POLICY consents_entered ON breath.consents USING ((account_id = (NULLIF(current_setting('breath.account'::text, true), ''::text))::uuid)) WITH CHECK ((account_id = (NULLIF(current_setting('breath.account'::text, true), ''::text))::uuid));

CREATE POLICY consents_of_dump ON breath.consents FOR SELECT TO breath_dump USING (true);

CREATE POLICY consents_of_maintenance ON breath.consents TO breath_maintenance USING (true);

CREATE POLICY consents_of_merge ON breath.consents TO breath_merge USING (true);

ALTER TABLE breath.day_totals ENABLE ROW LEVEL SECURITY;

CREATE POLICY day_totals_entered ON breath.day_totals USING ((account_id = (NULLIF(current_setting('breath.account'::text, true), ''::text))::uuid)) WITH CHECK ((account_id = (NULLIF(current_setting('breath.account'::text, true), ''::text))::uuid));

CREATE POLICY day_totals_of_dump ON breath.day_totals FOR SELECT TO breath_dump USING (true);

CREATE POLICY day_totals_of_maintenance ON breath.day_totals TO breath_maintenance USING (true);

CREATE POLICY day_totals_of_merge ON breath.day_totals TO breath_merge USING (true);

ALTER TABLE breath.device_credentials ENABLE ROW LEVEL SECURITY;

CREATE POLICY device_credentials_of_auth ON breath.device_credentials TO breath_auth USING (true) WITH CHECK (true);

CREATE POLICY device_credentials_of_dump ON breath.device_credentials FOR SELECT TO breath_dump USING (true);

CREATE POLICY device_credentials_of_maintenance ON breath.device_credentials TO breath_maintenance USING (true);

CREATE POLICY device_credentials_of_merge ON breath.device_credentials TO breath_merge USING (true);

ALTER TABLE breath.device_grants ENABLE ROW LEVEL SECURITY;

CREATE POLICY device_grants_of_auth ON breath.device_grants TO breath_auth USING (true) WITH CHECK (true);

CREATE POLICY device_grants_of_dump ON breath.device_grants FOR SELECT TO breath_dump USING (true);

CREATE POLICY device_grants_of_maintenance ON breath.device_grants TO breath_maintenance USING (true);

ALTER TABLE breath.devices ENABLE ROW LEVEL SECURITY;

CREATE POLICY devices_entered ON breath.devices USING ((account_id = (NULLIF(current_setting('breath.account'::text, true), ''::text))::uuid)) WITH CHECK ((account_id = (NULLIF(current_setting('breath.account'::text, true), ''::text))::uuid));

CREATE POLICY devices_of_dump ON breath.devices FOR SELECT TO breath_dump USING (true);

CREATE POLICY devices_of_maintenance ON breath.devices TO breath_maintenance USING (true);

CREATE POLICY devices_of_merge ON breath.devices TO breath_merge USING (true);

ALTER TABLE breath.email_claims ENABLE ROW LEVEL SECURITY;

CREATE POLICY email_claims_entered ON breath.email_claims USING ((account_id = (NULLIF(current_setting('breath.account'::text, true), ''::text))::uuid)) WITH CHECK ((account_id = (NULLIF(current_setting('breath.account'::text, true), ''::text))::uuid));

CREATE POLICY email_claims_of_dump ON breath.email_claims FOR SELECT TO breath_dump USING (true);

CREATE POLICY email_claims_of_maintenance ON breath.email_claims TO breath_maintenance USING (true);

ALTER TABLE breath.folded_days ENABLE ROW LEVEL SECURITY;

CREATE POLICY folded_days_entered ON breath.folded_days USING ((account_id = (NULLIF(current_setting('breath.account'::text, true), ''::text))::uuid)) WITH CHECK ((account_id = (NULLIF(current_setting('breath.account'::text, true), ''::text))::uuid));

CREATE POLICY folded_days_of_dump ON breath.folded_days FOR SELECT TO breath_dump USING (true);

CREATE POLICY folded_days_of_merge ON breath.folded_days TO breath_merge USING (true) WITH CHECK (true);

ALTER TABLE breath.identities ENABLE ROW LEVEL SECURITY;

CREATE POLICY identities_entered ON breath.identities FOR SELECT TO breath_owner USING ((account_id = (NULLIF(current_setting('breath.account'::text, true), ''::text))::uuid));

CREATE POLICY identities_of_auth ON breath.identities TO breath_auth USING (true) WITH CHECK (true);

CREATE POLICY identities_of_dump ON breath.identities FOR SELECT TO breath_dump USING (true);

CREATE POLICY identities_of_maintenance ON breath.identities TO breath_maintenance USING (true);

CREATE POLICY identities_of_merge ON breath.identities TO breath_merge USING (true);

ALTER TABLE breath.login_addresses ENABLE ROW LEVEL SECURITY;

CREATE POLICY login_addresses_of_auth ON breath.login_addresses TO breath_auth USING (true) WITH CHECK (true);

CREATE POLICY login_addresses_of_dump ON breath.login_addresses FOR SELECT TO breath_dump USING (true);

ALTER TABLE breath.logins ENABLE ROW LEVEL SECURITY;

CREATE POLICY logins_entered ON breath.logins USING ((account_id = (NULLIF(current_setting('breath.account'::text, true), ''::text))::uuid)) WITH CHECK ((account_id = (NULLIF(current_setting('breath.account'::text, true), ''::text))::uuid));

CREATE POLICY logins_of_dump ON breath.logins FOR SELECT TO breath_dump USING (true);

CREATE POLICY logins_of_maintenance ON breath.logins TO breath_maintenance USING (true);

CREATE POLICY logins_of_merge ON breath.logins TO breath_merge USING (true);

ALTER TABLE breath.merges ENABLE ROW LEVEL SECURITY;

CREATE POLICY merges_entered ON breath.merges USING ((account_id = (NULLIF(current_setting('breath.account'::text, true), ''::text))::uuid)) WITH CHECK ((account_id = (NULLIF(current_setting('breath.account'::text, true), ''::text))::uuid));

CREATE POLICY merges_of_dump ON breath.merges FOR SELECT TO breath_dump USING (true);

CREATE POLICY merges_of_merge ON breath.merges TO breath_merge USING (true);

ALTER TABLE breath.outbox ENABLE ROW LEVEL SECURITY;

CREATE POLICY outbox_entered ON breath.outbox USING ((account_id = (NULLIF(current_setting('breath.account'::text, true), ''::text))::uuid)) WITH CHECK ((account_id = (NULLIF(current_setting('breath.account'::text, true), ''::text))::uuid));

CREATE POLICY outbox_of_dump ON breath.outbox FOR SELECT TO breath_dump USING (true);

CREATE POLICY outbox_of_maintenance ON breath.outbox TO breath_maintenance USING (true);

ALTER TABLE breath.pairing_codes ENABLE ROW LEVEL SECURITY;

CREATE POLICY pairing_codes_of_auth ON breath.pairing_codes TO breath_auth USING (true) WITH CHECK (true);

CREATE POLICY pairing_codes_of_dump ON breath.pairing_codes FOR SELECT TO breath_dump USING (true);

CREATE POLICY pairing_codes_of_maintenance ON breath.pairing_codes TO breath_maintenance USING (true);

CREATE POLICY pairing_codes_of_merge ON breath.pairing_codes TO breath_merge USING (true);

ALTER TABLE breath.password_resets ENABLE ROW LEVEL SECURITY;

CREATE POLICY password_resets_entered ON breath.password_resets USING ((account_id = (NULLIF(current_setting('breath.account'::text, true), ''::text))::uuid)) WITH CHECK ((account_id = (NULLIF(current_setting('breath.account'::text, true), ''::text))::uuid));

CREATE POLICY password_resets_of_dump ON breath.password_resets FOR SELECT TO breath_dump USING (true);

CREATE POLICY password_resets_of_maintenance ON breath.password_resets TO breath_maintenance USING (true);

ALTER TABLE breath.plans ENABLE ROW LEVEL SECURITY;

CREATE POLICY plans_entered ON breath.plans USING ((account_id = (NULLIF(current_setting('breath.account'::text, true), ''::text))::uuid)) WITH CHECK ((account_id = (NULLIF(current_setting('breath.account'::text, true), ''::text))::uuid));

CREATE POLICY plans_of_dump ON breath.plans FOR SELECT TO breath_dump USING (true);

CREATE POLICY plans_of_merge ON breath.plans TO breath_merge USING (true);

ALTER TABLE breath.push_ledger ENABLE ROW LEVEL SECURITY;

CREATE POLICY push_ledger_entered ON breath.push_ledger USING ((account_id = (NULLIF(current_setting('breath.account'::text, true), ''::text))::uuid)) WITH CHECK ((account_id = (NULLIF(current_setting('breath.account'::text, true), ''::text))::uuid));

CREATE POLICY push_ledger_of_dump ON breath.push_ledger FOR SELECT TO breath_dump USING (true);

CREATE POLICY push_ledger_of_maintenance ON breath.push_ledger TO breath_maintenance USING (true);

CREATE POLICY push_ledger_of_merge ON breath.push_ledger TO breath_merge USING (true);

ALTER TABLE breath.recovery_codes ENABLE ROW LEVEL SECURITY;

CREATE POLICY recovery_codes_entered ON breath.recovery_codes USING ((account_id = (NULLIF(current_setting('breath.account'::text, true), ''::text))::uuid)) WITH CHECK ((account_id = (NULLIF(current_setting('breath.account'::text, true), ''::text))::uuid));

CREATE POLICY recovery_codes_of_dump ON breath.recovery_codes FOR SELECT TO breath_dump USING (true);

CREATE POLICY recovery_codes_of_maintenance ON breath.recovery_codes TO breath_maintenance USING (true);

ALTER TABLE breath.refresh_sessions ENABLE ROW LEVEL SECURITY;

CREATE POLICY refresh_sessions_entered ON breath.refresh_sessions USING ((account_id = (NULLIF(current_setting('breath.account'::text, true), ''::text))::uuid)) WITH CHECK ((account_id = (NULLIF(current_setting('breath.account'::text, true), ''::text))::uuid));

CREATE POLICY refresh_sessions_of_dump ON breath.refresh_sessions FOR SELECT TO breath_dump USING (true);

CREATE POLICY refresh_sessions_of_maintenance ON breath.refresh_sessions TO breath_maintenance USING (true);

CREATE POLICY refresh_sessions_of_merge ON breath.refresh_sessions TO breath_merge USING (true);

ALTER TABLE breath.second_factors ENABLE ROW LEVEL SECURITY;

CREATE POLICY second_factors_entered ON breath.second_factors USING ((account_id = (NULLIF(current_setting('breath.account'::text, true), ''::text))::uuid)) WITH CHECK ((account_id = (NULLIF(current_setting('breath.account'::text, true), ''::text))::uuid));

CREATE POLICY second_factors_of_dump ON breath.second_factors FOR SELECT TO breath_dump USING (true);

ALTER TABLE breath.sessions ENABLE ROW LEVEL SECURITY;

CREATE POLICY sessions_entered ON breath.sessions USING ((account_id = (NULLIF(current_setting('breath.account'::text, true), ''::text))::uuid)) WITH CHECK ((account_id = (NULLIF(current_setting('breath.account'::text, true), ''::text))::uuid));

CREATE POLICY sessions_of_dump ON breath.sessions FOR SELECT TO breath_dump USING (true);

CREATE POLICY sessions_of_maintenance ON breath.sessions TO breath_maintenance USING (true);

CREATE POLICY sessions_of_merge ON breath.sessions TO breath_merge USING (true);

ALTER TABLE breath.settings ENABLE ROW LEVEL SECURITY;

CREATE POLICY settings_entered ON breath.settings USING ((account_id = (NULLIF(current_setting('breath.account'::text, true), ''::text))::uuid)) WITH CHECK ((account_id = (NULLIF(current_setting('breath.account'::text, true), ''::text))::uuid));

CREATE POLICY settings_of_dump ON breath.settings FOR SELECT TO breath_dump USING (true);

CREATE POLICY settings_of_maintenance ON breath.settings TO breath_maintenance USING (true);

CREATE POLICY settings_of_merge ON breath.settings TO breath_merge USING (true);

ALTER TABLE breath.shares ENABLE ROW LEVEL SECURITY;

CREATE POLICY shares_asked ON breath.shares FOR SELECT TO breath_stats USING ((share_id = (NULLIF(current_setting('breath.share'::text, true), ''::text))::uuid));

CREATE POLICY shares_entered ON breath.shares USING ((account_id = (NULLIF(current_setting('breath.account'::text, true), ''::text))::uuid)) WITH CHECK ((account_id = (NULLIF(current_setting('breath.account'::text, true), ''::text))::uuid));

CREATE POLICY shares_of_dump ON breath.shares FOR SELECT TO breath_dump USING (true);

CREATE POLICY shares_of_merge ON breath.shares TO breath_merge USING (true);

ALTER TABLE breath.sign_ins ENABLE ROW LEVEL SECURITY;

CREATE POLICY sign_ins_of_auth ON breath.sign_ins TO breath_auth USING (true) WITH CHECK (true);

CREATE POLICY sign_ins_of_dump ON breath.sign_ins FOR SELECT TO breath_dump USING (true);

CREATE POLICY sign_ins_of_maintenance ON breath.sign_ins TO breath_maintenance USING (true);

ALTER TABLE breath.tombstones ENABLE ROW LEVEL SECURITY;

CREATE POLICY tombstones_entered ON breath.tombstones USING ((account_id = (NULLIF(current_setting('breath.account'::text, true), ''::text))::uuid)) WITH CHECK ((account_id = (NULLIF(current_setting('breath.account'::text, true), ''::text))::uuid));

CREATE POLICY tombstones_of_dump ON breath.tombstones FOR SELECT TO breath_dump USING (true);

CREATE POLICY tombstones_of_maintenance ON breath.tombstones TO breath_maintenance USING (true);

CREATE POLICY tombstones_of_merge ON breath.tombstones TO breath_merge USING (true);

GRANT USAGE ON SCHEMA breath TO breath_maintenance;
GRANT USAGE ON SCHEMA breath TO breath_merge;
GRANT USAGE ON SCHEMA breath TO breath_sync;
GRANT USAGE ON SCHEMA breath TO breath_stats;
GRANT USAGE ON SCHEMA breath TO breath_auth;
GRANT USAGE ON SCHEMA breath TO breath_admin;
GRANT USAGE ON SCHEMA breath TO breath_dump;

GRANT USAGE ON SCHEMA breath_meta TO breath_admin;
GRANT USAGE ON SCHEMA breath_meta TO breath_dump;

REVOKE ALL ON FUNCTION breath.account_bounds(OUT devices_max integer, OUT known_devices_max integer, OUT merges_max integer, OUT shares_max integer, OUT settings_max integer, OUT statements_max integer, OUT records_max integer, OUT moved_records_max integer, OUT pairing_codes_max integer) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.account_bounds(OUT devices_max integer, OUT known_devices_max integer, OUT merges_max integer, OUT shares_max integer, OUT settings_max integer, OUT statements_max integer, OUT records_max integer, OUT moved_records_max integer, OUT pairing_codes_max integer) TO breath_auth;
GRANT ALL ON FUNCTION breath.account_bounds(OUT devices_max integer, OUT known_devices_max integer, OUT merges_max integer, OUT shares_max integer, OUT settings_max integer, OUT statements_max integer, OUT records_max integer, OUT moved_records_max integer, OUT pairing_codes_max integer) TO breath_merge;
GRANT ALL ON FUNCTION breath.account_bounds(OUT devices_max integer, OUT known_devices_max integer, OUT merges_max integer, OUT shares_max integer, OUT settings_max integer, OUT statements_max integer, OUT records_max integer, OUT moved_records_max integer, OUT pairing_codes_max integer) TO breath_sync;

REVOKE ALL ON FUNCTION breath.account_key(p_account uuid, p_wrapped bytea, OUT wrapped bytea) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.account_key(p_account uuid, p_wrapped bytea, OUT wrapped bytea) TO breath_auth;

REVOKE ALL ON FUNCTION breath.add_admin(p_account uuid, OUT outcome text) FROM PUBLIC;

REVOKE ALL ON FUNCTION breath.admin_since(p_account uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.admin_since(p_account uuid) TO breath_admin;

REVOKE ALL ON FUNCTION breath.admit(request_key bytea, interval_ms double precision, burst integer, OUT remaining integer, OUT reset_ms bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.admit(request_key bytea, interval_ms double precision, burst integer, OUT remaining integer, OUT reset_ms bigint) TO breath_admin;
GRANT ALL ON FUNCTION breath.admit(request_key bytea, interval_ms double precision, burst integer, OUT remaining integer, OUT reset_ms bigint) TO breath_auth;
GRANT ALL ON FUNCTION breath.admit(request_key bytea, interval_ms double precision, burst integer, OUT remaining integer, OUT reset_ms bigint) TO breath_stats;
GRANT ALL ON FUNCTION breath.admit(request_key bytea, interval_ms double precision, burst integer, OUT remaining integer, OUT reset_ms bigint) TO breath_sync;

REVOKE ALL ON FUNCTION breath.admit_hash(p_keys bytea[], p_interval_ms double precision[], p_bursts integer[], OUT wait_ms bigint, OUT refusal text) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.admit_hash(p_keys bytea[], p_interval_ms double precision[], p_bursts integer[], OUT wait_ms bigint, OUT refusal text) TO breath_auth;

REVOKE ALL ON FUNCTION breath.adopt_devices(p_account uuid, p_caller uuid, p_devices uuid[], p_names text[], p_zones text[], p_resets timestamp with time zone[]) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.adopt_devices(p_account uuid, p_caller uuid, p_devices uuid[], p_names text[], p_zones text[], p_resets timestamp with time zone[]) TO breath_sync;

REVOKE ALL ON FUNCTION breath.announce_settings(p_account uuid, p_other uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.announce_settings(p_account uuid, p_other uuid) TO breath_merge;

REVOKE ALL ON FUNCTION breath.begin_administrator_request(p_tenant uuid, p_account uuid, p_device uuid, p_generation integer, p_writes boolean, p_limit_key bytea, p_interval_ms double precision, p_burst integer, OUT remaining integer, OUT reset_ms bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.begin_administrator_request(p_tenant uuid, p_account uuid, p_device uuid, p_generation integer, p_writes boolean, p_limit_key bytea, p_interval_ms double precision, p_burst integer, OUT remaining integer, OUT reset_ms bigint) TO breath_admin;

REVOKE ALL ON FUNCTION breath.begin_code(p_account uuid, p_kind text, p_password_subject bytea, OUT is_locked boolean, OUT failures integer) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.begin_code(p_account uuid, p_kind text, p_password_subject bytea, OUT is_locked boolean, OUT failures integer) TO breath_auth;

REVOKE ALL ON FUNCTION breath.begin_device_grant(p_device_code_hash bytea, p_user_code_hash bytea, p_client text, p_network text, p_device uuid, p_secret_hash bytea, p_name text, p_time_zone text, p_expires_at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.begin_device_grant(p_device_code_hash bytea, p_user_code_hash bytea, p_client text, p_network text, p_device uuid, p_secret_hash bytea, p_name text, p_time_zone text, p_expires_at timestamp with time zone) TO breath_auth;

REVOKE ALL ON FUNCTION breath.begin_key_request(p_account uuid, p_device uuid, p_key_hash bytea, p_scope text, p_writes boolean, p_limit_key bytea, p_interval_ms double precision, p_burst integer, OUT remaining integer, OUT reset_ms bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.begin_key_request(p_account uuid, p_device uuid, p_key_hash bytea, p_scope text, p_writes boolean, p_limit_key bytea, p_interval_ms double precision, p_burst integer, OUT remaining integer, OUT reset_ms bigint) TO breath_stats;
GRANT ALL ON FUNCTION breath.begin_key_request(p_account uuid, p_device uuid, p_key_hash bytea, p_scope text, p_writes boolean, p_limit_key bytea, p_interval_ms double precision, p_burst integer, OUT remaining integer, OUT reset_ms bigint) TO breath_sync;

REVOKE ALL ON FUNCTION breath.begin_login(p_email_index bytea, p_keys bytea[], p_interval_ms double precision[], p_bursts integer[], OUT account uuid, OUT password_hash text, OUT is_locked boolean, OUT wait_ms bigint, OUT refusal text) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.begin_login(p_email_index bytea, p_keys bytea[], p_interval_ms double precision[], p_bursts integer[], OUT account uuid, OUT password_hash text, OUT is_locked boolean, OUT wait_ms bigint, OUT refusal text) TO breath_auth;

REVOKE ALL ON FUNCTION breath.begin_maintenance() FROM PUBLIC;
GRANT ALL ON FUNCTION breath.begin_maintenance() TO breath_admin;

REVOKE ALL ON FUNCTION breath.begin_proof(p_account uuid, p_device uuid, p_subject bytea, p_code_hash bytea, p_keys bytea[], p_interval_ms double precision[], p_bursts integer[], OUT password_hash text, OUT secret_hash bytea, OUT has_code boolean, OUT is_locked boolean, OUT wait_ms bigint, OUT refusal text) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.begin_proof(p_account uuid, p_device uuid, p_subject bytea, p_code_hash bytea, p_keys bytea[], p_interval_ms double precision[], p_bursts integer[], OUT password_hash text, OUT secret_hash bytea, OUT has_code boolean, OUT is_locked boolean, OUT wait_ms bigint, OUT refusal text) TO breath_auth;

REVOKE ALL ON FUNCTION breath.begin_refresh_session(p_account uuid, p_device uuid, p_session uuid, OUT tenant uuid, OUT generation integer) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.begin_refresh_session(p_account uuid, p_device uuid, p_session uuid, OUT tenant uuid, OUT generation integer) TO breath_auth;

REVOKE ALL ON FUNCTION breath.begin_registration(p_account uuid, p_device uuid, p_secret_hash bytea, p_wrapped bytea, p_keys bytea[], p_interval_ms double precision[], p_bursts integer[], OUT is_proven boolean, OUT has_login boolean, OUT wrapped bytea, OUT wait_ms bigint, OUT refusal text) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.begin_registration(p_account uuid, p_device uuid, p_secret_hash bytea, p_wrapped bytea, p_keys bytea[], p_interval_ms double precision[], p_bursts integer[], OUT is_proven boolean, OUT has_login boolean, OUT wrapped bytea, OUT wait_ms bigint, OUT refusal text) TO breath_auth;

REVOKE ALL ON FUNCTION breath.begin_reset(p_email_index bytea, p_token_hash bytea, p_keys bytea[], p_interval_ms double precision[], p_bursts integer[], OUT is_open boolean, OUT wait_ms bigint, OUT refusal text) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.begin_reset(p_email_index bytea, p_token_hash bytea, p_keys bytea[], p_interval_ms double precision[], p_bursts integer[], OUT is_open boolean, OUT wait_ms bigint, OUT refusal text) TO breath_auth;

REVOKE ALL ON FUNCTION breath.begin_session_role(p_session uuid, OUT role text, OUT lacks_factor boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.begin_session_role(p_session uuid, OUT role text, OUT lacks_factor boolean) TO breath_auth;

REVOKE ALL ON FUNCTION breath.begin_token_request(p_tenant uuid, p_account uuid, p_device uuid, p_generation integer, p_writes boolean, p_limit_key bytea, p_interval_ms double precision, p_burst integer, OUT remaining integer, OUT reset_ms bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.begin_token_request(p_tenant uuid, p_account uuid, p_device uuid, p_generation integer, p_writes boolean, p_limit_key bytea, p_interval_ms double precision, p_burst integer, OUT remaining integer, OUT reset_ms bigint) TO breath_auth;
GRANT ALL ON FUNCTION breath.begin_token_request(p_tenant uuid, p_account uuid, p_device uuid, p_generation integer, p_writes boolean, p_limit_key bytea, p_interval_ms double precision, p_burst integer, OUT remaining integer, OUT reset_ms bigint) TO breath_stats;
GRANT ALL ON FUNCTION breath.begin_token_request(p_tenant uuid, p_account uuid, p_device uuid, p_generation integer, p_writes boolean, p_limit_key bytea, p_interval_ms double precision, p_burst integer, OUT remaining integer, OUT reset_ms bigint) TO breath_sync;

REVOKE ALL ON FUNCTION breath.begin_wakatime_request(p_device uuid, p_key_hash bytea, p_scope text, p_limit_key bytea, p_interval_ms double precision, p_burst integer, OUT remaining integer, OUT reset_ms bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.begin_wakatime_request(p_device uuid, p_key_hash bytea, p_scope text, p_limit_key bytea, p_interval_ms double precision, p_burst integer, OUT remaining integer, OUT reset_ms bigint) TO breath_stats;

REVOKE ALL ON FUNCTION breath.carry_claims_and_shares(p_account uuid, p_from uuid, p_to uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.carry_claims_and_shares(p_account uuid, p_from uuid, p_to uuid) TO breath_merge;

REVOKE ALL ON FUNCTION breath.change_password(p_account uuid, p_device uuid, p_subject bytea, p_proven_hash text, p_code_hash bytea, p_password_hash text, p_mail uuid, p_wrapped_key bytea, p_payload bytea, OUT is_done boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.change_password(p_account uuid, p_device uuid, p_subject bytea, p_proven_hash text, p_code_hash bytea, p_password_hash text, p_mail uuid, p_wrapped_key bytea, p_payload bytea, OUT is_done boolean) TO breath_auth;

REVOKE ALL ON FUNCTION breath.change_plan(p_account uuid, p_today date, p_changes jsonb, p_initial_minutes bigint, p_week_start smallint) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.change_plan(p_account uuid, p_today date, p_changes jsonb, p_initial_minutes bigint, p_week_start smallint) TO breath_stats;

REVOKE ALL ON FUNCTION breath.charge_bytes(p_account uuid, p_limit_key bytea, p_bytes bigint, p_bytes_a_day double precision, p_burst_bytes double precision) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.charge_bytes(p_account uuid, p_limit_key bytea, p_bytes bigint, p_bytes_a_day double precision, p_burst_bytes double precision) TO breath_sync;

REVOKE ALL ON FUNCTION breath.choose_detail(p_account uuid, p_device uuid, p_detail text, OUT removed_sessions bigint, OUT kept_days bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.choose_detail(p_account uuid, p_device uuid, p_detail text, OUT removed_sessions bigint, OUT kept_days bigint) TO breath_merge;
GRANT ALL ON FUNCTION breath.choose_detail(p_account uuid, p_device uuid, p_detail text, OUT removed_sessions bigint, OUT kept_days bigint) TO breath_sync;

REVOKE ALL ON FUNCTION breath.claim_address(p_account uuid, p_device uuid, p_token_hash bytea, p_email_index bytea, p_email bytea, p_password_hash text, p_expires_at timestamp with time zone, p_mail uuid, p_wrapped_key bytea, p_if_free bytea, p_if_taken bytea) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.claim_address(p_account uuid, p_device uuid, p_token_hash bytea, p_email_index bytea, p_email bytea, p_password_hash text, p_expires_at timestamp with time zone, p_mail uuid, p_wrapped_key bytea, p_if_free bytea, p_if_taken bytea) TO breath_auth;

REVOKE ALL ON FUNCTION breath.claim_challenge(p_account uuid, p_device uuid, p_date date, p_challenge text, p_xp bigint, p_xp_from bigint, p_xp_below bigint, p_cycles bigint, p_active_ms bigint, p_session_ms bigint, p_minute_from integer, p_minute_below integer, OUT outcome text) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.claim_challenge(p_account uuid, p_device uuid, p_date date, p_challenge text, p_xp bigint, p_xp_from bigint, p_xp_below bigint, p_cycles bigint, p_active_ms bigint, p_session_ms bigint, p_minute_from integer, p_minute_below integer, OUT outcome text) TO breath_stats;

REVOKE ALL ON FUNCTION breath.code_subject(p_account uuid, p_kind text) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.code_subject(p_account uuid, p_kind text) TO breath_auth;

REVOKE ALL ON FUNCTION breath.complete_login(p_account uuid, p_email_index bytea, p_password_hash text, p_stronger_hash text, p_device uuid, p_secret_hash bytea, p_name text, p_time_zone text, p_refresh_session uuid, p_factor bytea, p_step bigint, p_code_hash bytea, OUT tenant uuid, OUT generation integer) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.complete_login(p_account uuid, p_email_index bytea, p_password_hash text, p_stronger_hash text, p_device uuid, p_secret_hash bytea, p_name text, p_time_zone text, p_refresh_session uuid, p_factor bytea, p_step bigint, p_code_hash bytea, OUT tenant uuid, OUT generation integer) TO breath_auth;

REVOKE ALL ON FUNCTION breath.confirm_address(p_account uuid, p_token_hash bytea, OUT outcome text) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.confirm_address(p_account uuid, p_token_hash bytea, OUT outcome text) TO breath_auth;

REVOKE ALL ON FUNCTION breath.confirm_second_factor(p_account uuid, p_device uuid, p_secret bytea, p_step bigint, p_mail uuid, p_wrapped_key bytea, p_payload bytea, OUT is_done boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.confirm_second_factor(p_account uuid, p_device uuid, p_secret bytea, p_step bigint, p_mail uuid, p_wrapped_key bytea, p_payload bytea, OUT is_done boolean) TO breath_auth;

REVOKE ALL ON FUNCTION breath.connect_devices(p_account uuid, p_devices uuid[], p_others uuid[]) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.connect_devices(p_account uuid, p_devices uuid[], p_others uuid[]) TO breath_merge;
GRANT ALL ON FUNCTION breath.connect_devices(p_account uuid, p_devices uuid[], p_others uuid[]) TO breath_sync;

REVOKE ALL ON FUNCTION breath.corrected_time(p_stated_at timestamp with time zone, p_offset_ms bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.corrected_time(p_stated_at timestamp with time zone, p_offset_ms bigint) TO breath_sync;

REVOKE ALL ON FUNCTION breath.count_attempt(p_subject bytea, OUT is_locked boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.count_attempt(p_subject bytea, OUT is_locked boolean) TO breath_auth;

REVOKE ALL ON FUNCTION breath.count_code_try(p_subjects bytea[], p_tries_max integer[], OUT retry_ms bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.count_code_try(p_subjects bytea[], p_tries_max integer[], OUT retry_ms bigint) TO breath_auth;

REVOKE ALL ON FUNCTION breath.cursor_life(p_incarnation uuid, p_account uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.cursor_life(p_incarnation uuid, p_account uuid) TO breath_sync;

REVOKE ALL ON FUNCTION breath.day_hash(p_device uuid, p_date date, p_sessions bigint, p_active_ms bigint, p_cycles bigint, p_xp bigint, OUT high bigint, OUT low bigint, OUT records bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.day_hash(p_device uuid, p_date date, p_sessions bigint, p_active_ms bigint, p_cycles bigint, p_xp bigint, OUT high bigint, OUT low bigint, OUT records bigint) TO breath_merge;
GRANT ALL ON FUNCTION breath.day_hash(p_device uuid, p_date date, p_sessions bigint, p_active_ms bigint, p_cycles bigint, p_xp bigint, OUT high bigint, OUT low bigint, OUT records bigint) TO breath_sync;

GRANT SELECT,INSERT,UPDATE ON TABLE breath.day_totals TO breath_sync;
GRANT SELECT ON TABLE breath.day_totals TO breath_stats;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE breath.day_totals TO breath_merge;
GRANT DELETE ON TABLE breath.day_totals TO breath_maintenance;
GRANT SELECT ON TABLE breath.day_totals TO breath_dump;

GRANT SELECT(account_id) ON TABLE breath.day_totals TO breath_maintenance;

REVOKE ALL ON FUNCTION breath.day_json(d breath.day_totals) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.day_json(d breath.day_totals) TO breath_sync;

REVOKE ALL ON FUNCTION breath.day_of(p_account uuid, p_date date, p_device uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.day_of(p_account uuid, p_date date, p_device uuid) TO breath_merge;
GRANT ALL ON FUNCTION breath.day_of(p_account uuid, p_date date, p_device uuid) TO breath_sync;

REVOKE ALL ON FUNCTION breath.days_between(p_account uuid, p_device uuid, p_start bigint, p_end bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.days_between(p_account uuid, p_device uuid, p_start bigint, p_end bigint) TO breath_sync;

REVOKE ALL ON FUNCTION breath.days_on(p_account uuid, p_date date) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.days_on(p_account uuid, p_date date) TO breath_merge;
GRANT ALL ON FUNCTION breath.days_on(p_account uuid, p_date date) TO breath_sync;

REVOKE ALL ON FUNCTION breath.decide_device_grant(p_user_code_hash bytea, p_subjects bytea[], p_tries_max integer[], p_decision text, p_account uuid, p_device uuid, OUT outcome text, OUT retry_ms bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.decide_device_grant(p_user_code_hash bytea, p_subjects bytea[], p_tries_max integer[], p_decision text, p_account uuid, p_device uuid, OUT outcome text, OUT retry_ms bigint) TO breath_auth;

REVOKE ALL ON FUNCTION breath.delete_account_rows(p_accounts uuid[]) FROM PUBLIC;

REVOKE ALL ON FUNCTION breath.delete_as_elsewhere(p_account uuid, p_other uuid, p_device uuid, p_caller uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.delete_as_elsewhere(p_account uuid, p_other uuid, p_device uuid, p_caller uuid) TO breath_merge;

REVOKE ALL ON FUNCTION breath.delete_sessions(p_account uuid, p_caller uuid, p_devices uuid[], p_sessions text[]) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.delete_sessions(p_account uuid, p_caller uuid, p_devices uuid[], p_sessions text[]) TO breath_merge;
GRANT ALL ON FUNCTION breath.delete_sessions(p_account uuid, p_caller uuid, p_devices uuid[], p_sessions text[]) TO breath_sync;

GRANT SELECT,INSERT,UPDATE ON TABLE breath.devices TO breath_sync;
GRANT SELECT ON TABLE breath.devices TO breath_stats;
GRANT SELECT,INSERT,UPDATE ON TABLE breath.devices TO breath_auth;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE breath.devices TO breath_merge;
GRANT SELECT ON TABLE breath.devices TO breath_dump;

GRANT SELECT(account_id) ON TABLE breath.devices TO breath_maintenance;

GRANT SELECT(device_id) ON TABLE breath.devices TO breath_maintenance;

REVOKE ALL ON FUNCTION breath.device_json(d breath.devices) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.device_json(d breath.devices) TO breath_sync;

REVOKE ALL ON FUNCTION breath.device_refusal(d breath.devices, p_marker timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.device_refusal(d breath.devices, p_marker timestamp with time zone) TO breath_sync;

REVOKE ALL ON FUNCTION breath.digest_text(p_count bigint, p_high bigint, p_low bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.digest_text(p_count bigint, p_high bigint, p_low bigint) TO breath_sync;

REVOKE ALL ON FUNCTION breath.end_offers(p_account uuid, p_devices uuid[]) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.end_offers(p_account uuid, p_devices uuid[]) TO breath_auth;

REVOKE ALL ON FUNCTION breath.end_sessions(p_account uuid, p_devices uuid[], p_reason text) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.end_sessions(p_account uuid, p_devices uuid[], p_reason text) TO breath_auth;

REVOKE ALL ON FUNCTION breath.enrol_device(p_device uuid, p_secret_hash bytea, p_new_account uuid, p_name text, p_time_zone text, p_refresh_session uuid, OUT is_new boolean, OUT account uuid, OUT tenant uuid, OUT generation integer) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.enrol_device(p_device uuid, p_secret_hash bytea, p_new_account uuid, p_name text, p_time_zone text, p_refresh_session uuid, OUT is_new boolean, OUT account uuid, OUT tenant uuid, OUT generation integer) TO breath_auth;

REVOKE ALL ON FUNCTION breath.enter_by_address(p_email_index bytea, OUT account uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.enter_by_address(p_email_index bytea, OUT account uuid) TO breath_auth;

REVOKE ALL ON FUNCTION breath.erase_account(p_account uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.erase_account(p_account uuid) TO breath_auth;

REVOKE ALL ON FUNCTION breath.erase_unseen_accounts(batch integer) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.erase_unseen_accounts(batch integer) TO breath_admin;

REVOKE ALL ON FUNCTION breath.export_besides(p_account uuid, p_is_due boolean, p_kind integer, p_key bigint, p_limit integer, OUT profile text, OUT items text[], OUT more boolean, OUT last_kind integer, OUT last_key bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.export_besides(p_account uuid, p_is_due boolean, p_kind integer, p_key bigint, p_limit integer, OUT profile text, OUT items text[], OUT more boolean, OUT last_kind integer, OUT last_key bigint) TO breath_sync;

REVOKE ALL ON FUNCTION breath.find_device_grant(p_user_code_hash bytea, p_subjects bytea[], p_tries_max integer[], p_decision text, p_device uuid, OUT outcome text, OUT retry_ms bigint, OUT client text, OUT network text, OUT name text, OUT created_at timestamp with time zone, OUT expires_at timestamp with time zone, OUT device_code_hash bytea, OUT device uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.find_device_grant(p_user_code_hash bytea, p_subjects bytea[], p_tries_max integer[], p_decision text, p_device uuid, OUT outcome text, OUT retry_ms bigint, OUT client text, OUT network text, OUT name text, OUT created_at timestamp with time zone, OUT expires_at timestamp with time zone, OUT device_code_hash bytea, OUT device uuid) TO breath_auth;

REVOKE ALL ON FUNCTION breath.fold_sessions(p_account uuid, p_caller uuid, p_device uuid, p_marker timestamp with time zone, p_request_id text, p_only_folded boolean, p_ids text[], p_started_at timestamp with time zone[], p_local_dates date[], p_counted_ms bigint[], p_cycles bigint[], p_xp bigint[]) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.fold_sessions(p_account uuid, p_caller uuid, p_device uuid, p_marker timestamp with time zone, p_request_id text, p_only_folded boolean, p_ids text[], p_started_at timestamp with time zone[], p_local_dates date[], p_counted_ms bigint[], p_cycles bigint[], p_xp bigint[]) TO breath_sync;

REVOKE ALL ON FUNCTION breath.forget_folded_days() FROM PUBLIC;

REVOKE ALL ON FUNCTION breath.has_device_room(p_account uuid, p_device uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.has_device_room(p_account uuid, p_device uuid) TO breath_auth;
GRANT ALL ON FUNCTION breath.has_device_room(p_account uuid, p_device uuid) TO breath_sync;

REVOKE ALL ON FUNCTION breath.has_secret(p_account uuid, p_device uuid, p_secret_hash bytea) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.has_secret(p_account uuid, p_device uuid, p_secret_hash bytea) TO breath_auth;

REVOKE ALL ON FUNCTION breath.hash_day() FROM PUBLIC;

REVOKE ALL ON FUNCTION breath.holdings(p_account uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.holdings(p_account uuid) TO breath_sync;

REVOKE ALL ON FUNCTION breath.is_anonymous(p_account uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.is_anonymous(p_account uuid) TO breath_auth;
GRANT ALL ON FUNCTION breath.is_anonymous(p_account uuid) TO breath_sync;

REVOKE ALL ON FUNCTION breath.is_at_end(version bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.is_at_end(version bigint) TO breath_auth;
GRANT ALL ON FUNCTION breath.is_at_end(version bigint) TO breath_merge;
GRANT ALL ON FUNCTION breath.is_at_end(version bigint) TO breath_stats;
GRANT ALL ON FUNCTION breath.is_at_end(version bigint) TO breath_sync;

REVOKE ALL ON FUNCTION breath.is_near_end(version bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.is_near_end(version bigint) TO breath_merge;

REVOKE ALL ON FUNCTION breath.join_device(p_account uuid, p_device uuid, p_secret_hash bytea, p_name text, p_time_zone text, p_refresh_session uuid, OUT tenant uuid, OUT generation integer) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.join_device(p_account uuid, p_device uuid, p_secret_hash bytea, p_name text, p_time_zone text, p_refresh_session uuid, OUT tenant uuid, OUT generation integer) TO breath_auth;

REVOKE ALL ON FUNCTION breath.judge_refresh(p_shown bigint, p_current bigint, p_created_at timestamp with time zone, p_rotated_at timestamp with time zone, p_now timestamp with time zone, OUT outcome text, OUT next_counter bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.judge_refresh(p_shown bigint, p_current bigint, p_created_at timestamp with time zone, p_rotated_at timestamp with time zone, p_now timestamp with time zone, OUT outcome text, OUT next_counter bigint) TO breath_auth;

REVOKE ALL ON FUNCTION breath.keep_newest() FROM PUBLIC;

REVOKE ALL ON FUNCTION breath.kept_besides(p_account uuid, p_kind integer, p_key bigint, p_limit integer) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.kept_besides(p_account uuid, p_kind integer, p_key bigint, p_limit integer) TO breath_sync;

REVOKE ALL ON FUNCTION breath.keys_of(p_account uuid, p_makers uuid[]) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.keys_of(p_account uuid, p_makers uuid[]) TO breath_auth;

REVOKE ALL ON FUNCTION breath.known_zone(p_zone text) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.known_zone(p_zone text) TO breath_auth;
GRANT ALL ON FUNCTION breath.known_zone(p_zone text) TO breath_merge;
GRANT ALL ON FUNCTION breath.known_zone(p_zone text) TO breath_stats;
GRANT ALL ON FUNCTION breath.known_zone(p_zone text) TO breath_sync;

REVOKE ALL ON FUNCTION breath.locate_refresh(p_account uuid, p_session uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.locate_refresh(p_account uuid, p_session uuid) TO breath_auth;

REVOKE ALL ON FUNCTION breath.lock_accounts(p_accounts uuid[]) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.lock_accounts(p_accounts uuid[]) TO breath_auth;

REVOKE ALL ON FUNCTION breath.lock_pairing(p_code_hash bytea, p_device uuid, p_secret_hash bytea, OUT target uuid, OUT source uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.lock_pairing(p_code_hash bytea, p_device uuid, p_secret_hash bytea, OUT target uuid, OUT source uuid) TO breath_auth;

REVOKE ALL ON FUNCTION breath.login_by_recovery(p_email_index bytea, p_code_hash bytea, p_device uuid, p_secret_hash bytea, p_name text, p_time_zone text, p_refresh_session uuid, OUT account uuid, OUT tenant uuid, OUT generation integer) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.login_by_recovery(p_email_index bytea, p_code_hash bytea, p_device uuid, p_secret_hash bytea, p_name text, p_time_zone text, p_refresh_session uuid, OUT account uuid, OUT tenant uuid, OUT generation integer) TO breath_auth;

REVOKE ALL ON FUNCTION breath.make_api_key(p_account uuid, p_maker uuid, p_device uuid, p_key_hash bytea, p_name text, p_scopes text[], p_expires_at timestamp with time zone, OUT outcome text) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.make_api_key(p_account uuid, p_maker uuid, p_device uuid, p_key_hash bytea, p_name text, p_scopes text[], p_expires_at timestamp with time zone, OUT outcome text) TO breath_auth;

REVOKE ALL ON FUNCTION breath.mark_full(p_account uuid, p_device uuid, p_room bigint, p_ids text[], p_known text[]) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.mark_full(p_account uuid, p_device uuid, p_room bigint, p_ids text[], p_known text[]) TO breath_sync;

REVOKE ALL ON FUNCTION breath.mark_twins(p_account uuid, p_device uuid, p_started_at timestamp with time zone[], p_facts text[], p_known text[]) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.mark_twins(p_account uuid, p_device uuid, p_started_at timestamp with time zone[], p_facts text[], p_known text[]) TO breath_sync;

GRANT SELECT,INSERT,UPDATE ON TABLE breath.device_grants TO breath_auth;
GRANT SELECT,DELETE ON TABLE breath.device_grants TO breath_maintenance;
GRANT SELECT ON TABLE breath.device_grants TO breath_dump;

REVOKE ALL ON FUNCTION breath.may_be_granted(asked breath.device_grants) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.may_be_granted(asked breath.device_grants) TO breath_auth;

REVOKE ALL ON FUNCTION breath.merge_accounts(p_source uuid, p_target uuid, p_device uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.merge_accounts(p_source uuid, p_target uuid, p_device uuid) TO breath_auth;

REVOKE ALL ON FUNCTION breath.merge_refusal(p_source uuid, p_target uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.merge_refusal(p_source uuid, p_target uuid) TO breath_merge;

REVOKE ALL ON FUNCTION breath.microseconds(t timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.microseconds(t timestamp with time zone) TO breath_sync;

REVOKE ALL ON FUNCTION breath.move_devices(p_from uuid, p_to uuid, p_devices uuid[]) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.move_devices(p_from uuid, p_to uuid, p_devices uuid[]) TO breath_merge;

REVOKE ALL ON FUNCTION breath.move_key(p_account uuid, p_key uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.move_key(p_account uuid, p_key uuid) TO breath_sync;

REVOKE ALL ON FUNCTION breath.move_ledger(p_from uuid, p_to uuid, p_devices uuid[]) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.move_ledger(p_from uuid, p_to uuid, p_devices uuid[]) TO breath_merge;

REVOKE ALL ON FUNCTION breath.note_departures(p_account uuid, p_other uuid, p_devices uuid[]) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.note_departures(p_account uuid, p_other uuid, p_devices uuid[]) TO breath_merge;

REVOKE ALL ON FUNCTION breath.note_failure(p_keys bytea[], p_interval_ms double precision[], p_bursts integer[]) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.note_failure(p_keys bytea[], p_interval_ms double precision[], p_bursts integer[]) TO breath_auth;

REVOKE ALL ON FUNCTION breath.note_login() FROM PUBLIC;
GRANT ALL ON FUNCTION breath.note_login() TO breath_auth;

REVOKE ALL ON FUNCTION breath.note_mail_sent(p_account uuid, p_mail uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.note_mail_sent(p_account uuid, p_mail uuid) TO breath_auth;

REVOKE ALL ON FUNCTION breath.note_presence(p_account uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.note_presence(p_account uuid) TO breath_auth;
GRANT ALL ON FUNCTION breath.note_presence(p_account uuid) TO breath_stats;
GRANT ALL ON FUNCTION breath.note_presence(p_account uuid) TO breath_sync;

REVOKE ALL ON FUNCTION breath.note_push(p_account uuid, p_caller uuid, p_request_id text, p_kind text, p_ids text[], p_statuses text[], p_remarks jsonb[]) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.note_push(p_account uuid, p_caller uuid, p_request_id text, p_kind text, p_ids text[], p_statuses text[], p_remarks jsonb[]) TO breath_sync;

REVOKE ALL ON FUNCTION breath.note_unreadable(p_account uuid, p_caller uuid, p_request_id text, p_ids text[], p_codes text[], p_pointers text[]) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.note_unreadable(p_account uuid, p_caller uuid, p_request_id text, p_ids text[], p_codes text[], p_pointers text[]) TO breath_sync;

REVOKE ALL ON FUNCTION breath.number_ledger_line() FROM PUBLIC;

REVOKE ALL ON FUNCTION breath.open_share(p_share uuid, OUT account uuid, OUT content text[], OUT name text) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.open_share(p_share uuid, OUT account uuid, OUT content text[], OUT name text) TO breath_stats;

REVOKE ALL ON FUNCTION breath.other_devices(p_account uuid, p_device uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.other_devices(p_account uuid, p_device uuid) TO breath_auth;

REVOKE ALL ON FUNCTION breath.page_end(p_account uuid, p_device uuid, p_start bigint, p_end bigint, p_own boolean, p_others uuid[], p_winning bigint[], p_bytes integer) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.page_end(p_account uuid, p_device uuid, p_start bigint, p_end bigint, p_own boolean, p_others uuid[], p_winning bigint[], p_bytes integer) TO breath_sync;

REVOKE ALL ON FUNCTION breath.poll_device_grant(p_device_code_hash bytea, p_refresh_session uuid, OUT outcome text, OUT account uuid, OUT device uuid, OUT tenant uuid, OUT generation integer) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.poll_device_grant(p_device_code_hash bytea, p_refresh_session uuid, OUT outcome text, OUT account uuid, OUT device uuid, OUT tenant uuid, OUT generation integer) TO breath_auth;

REVOKE ALL ON FUNCTION breath.practised_after(p_account uuid, p_practised date[], p_emptied date[]) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.practised_after(p_account uuid, p_practised date[], p_emptied date[]) TO breath_merge;
GRANT ALL ON FUNCTION breath.practised_after(p_account uuid, p_practised date[], p_emptied date[]) TO breath_sync;

REVOKE ALL ON FUNCTION breath.preview_pairing(p_code_hash bytea, p_device uuid, p_secret_hash bytea, p_time_zone text) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.preview_pairing(p_code_hash bytea, p_device uuid, p_secret_hash bytea, p_time_zone text) TO breath_auth;

REVOKE ALL ON FUNCTION breath.pull(p_account uuid, p_device uuid, p_incarnation uuid, p_version bigint, p_limit integer, p_own boolean, p_plain boolean, OUT incarnation uuid, OUT next_version bigint, OUT more boolean, OUT is_restart boolean, OUT sessions text, OUT days text, OUT settings text, OUT deletions text, OUT devices text, OUT holdings text) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.pull(p_account uuid, p_device uuid, p_incarnation uuid, p_version bigint, p_limit integer, p_own boolean, p_plain boolean, OUT incarnation uuid, OUT next_version bigint, OUT more boolean, OUT is_restart boolean, OUT sessions text, OUT days text, OUT settings text, OUT deletions text, OUT devices text, OUT holdings text) TO breath_sync;

REVOKE ALL ON FUNCTION breath.push_deletions(p_account uuid, p_caller uuid, p_request_id text, p_devices uuid[], p_sessions text[]) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.push_deletions(p_account uuid, p_caller uuid, p_request_id text, p_devices uuid[], p_sessions text[]) TO breath_sync;

REVOKE ALL ON FUNCTION breath.push_reset(p_account uuid, p_device uuid, p_marker timestamp with time zone, p_request_id text) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.push_reset(p_account uuid, p_device uuid, p_marker timestamp with time zone, p_request_id text) TO breath_sync;

REVOKE ALL ON FUNCTION breath.record_consent(p_account uuid, p_device uuid, p_subject text, p_choice text, p_text_version text, OUT removed_sessions bigint, OUT kept_days bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.record_consent(p_account uuid, p_device uuid, p_subject text, p_choice text, p_text_version text, OUT removed_sessions bigint, OUT kept_days bigint) TO breath_auth;

REVOKE ALL ON FUNCTION breath.record_hash(record text, OUT high bigint, OUT low bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.record_hash(record text, OUT high bigint, OUT low bigint) TO breath_merge;
GRANT ALL ON FUNCTION breath.record_hash(record text, OUT high bigint, OUT low bigint) TO breath_sync;

REVOKE ALL ON FUNCTION breath.records(p_account uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.records(p_account uuid) TO breath_merge;
GRANT ALL ON FUNCTION breath.records(p_account uuid) TO breath_sync;

REVOKE ALL ON FUNCTION breath.redeem_pairing(p_code_hash bytea, p_device uuid, p_secret_hash bytea, p_name text, p_time_zone text, p_refresh_session uuid, OUT account uuid, OUT tenant uuid, OUT generation integer, OUT merge uuid, OUT merged_at timestamp with time zone, OUT source uuid, OUT devices uuid[]) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.redeem_pairing(p_code_hash bytea, p_device uuid, p_secret_hash bytea, p_name text, p_time_zone text, p_refresh_session uuid, OUT account uuid, OUT tenant uuid, OUT generation integer, OUT merge uuid, OUT merged_at timestamp with time zone, OUT source uuid, OUT devices uuid[]) TO breath_auth;

REVOKE ALL ON FUNCTION breath.refuse_erased(p_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.refuse_erased(p_id uuid) TO breath_auth;
GRANT ALL ON FUNCTION breath.refuse_erased(p_id uuid) TO breath_stats;
GRANT ALL ON FUNCTION breath.refuse_erased(p_id uuid) TO breath_sync;

REVOKE ALL ON FUNCTION breath.refuse_erased_device() FROM PUBLIC;

REVOKE ALL ON FUNCTION breath.remember_folded_days() FROM PUBLIC;

REVOKE ALL ON FUNCTION breath.remove_admin(p_account uuid, OUT is_done boolean) FROM PUBLIC;

REVOKE ALL ON FUNCTION breath.remove_old_device_grants(batch integer) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.remove_old_device_grants(batch integer) TO breath_admin;

REVOKE ALL ON FUNCTION breath.remove_old_logins(batch integer) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.remove_old_logins(batch integer) TO breath_admin;

REVOKE ALL ON FUNCTION breath.remove_old_pairing_codes(batch integer) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.remove_old_pairing_codes(batch integer) TO breath_admin;

REVOKE ALL ON FUNCTION breath.remove_old_pushes(batch integer) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.remove_old_pushes(batch integer) TO breath_admin;

REVOKE ALL ON FUNCTION breath.remove_old_rate_limits(batch integer) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.remove_old_rate_limits(batch integer) TO breath_admin;

REVOKE ALL ON FUNCTION breath.remove_old_refresh_sessions(batch integer) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.remove_old_refresh_sessions(batch integer) TO breath_admin;

REVOKE ALL ON FUNCTION breath.remove_old_sign_ins(batch integer) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.remove_old_sign_ins(batch integer) TO breath_admin;

REVOKE ALL ON FUNCTION breath.remove_second_factor(p_account uuid, p_subject bytea, p_secret bytea, p_step bigint, p_code_hash bytea, OUT is_done boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.remove_second_factor(p_account uuid, p_subject bytea, p_secret bytea, p_step bigint, p_code_hash bytea, OUT is_done boolean) TO breath_auth;

REVOKE ALL ON FUNCTION breath.rename_device(p_account uuid, p_device uuid, p_name text) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.rename_device(p_account uuid, p_device uuid, p_name text) TO breath_auth;

REVOKE ALL ON FUNCTION breath.renew_recovery_codes(p_account uuid, p_device uuid, p_subject bytea, p_code_hashes bytea[], p_secret bytea, p_step bigint, p_mail uuid, p_wrapped_key bytea, p_payload bytea, OUT is_done boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.renew_recovery_codes(p_account uuid, p_device uuid, p_subject bytea, p_code_hashes bytea[], p_secret bytea, p_step bigint, p_mail uuid, p_wrapped_key bytea, p_payload bytea, OUT is_done boolean) TO breath_auth;

REVOKE ALL ON FUNCTION breath.renumber_account(p_account uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.renumber_account(p_account uuid) TO breath_auth;
GRANT ALL ON FUNCTION breath.renumber_account(p_account uuid) TO breath_stats;
GRANT ALL ON FUNCTION breath.renumber_account(p_account uuid) TO breath_sync;

REVOKE ALL ON FUNCTION breath.replace_recovery_codes(p_account uuid, p_subject bytea, p_code_hashes bytea[]) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.replace_recovery_codes(p_account uuid, p_subject bytea, p_code_hashes bytea[]) TO breath_auth;

REVOKE ALL ON FUNCTION breath.report_counters(p_account uuid, p_device uuid, p_marker timestamp with time zone, p_xp bigint, p_longest_streak bigint, p_challenges bigint, p_active_ms bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.report_counters(p_account uuid, p_device uuid, p_marker timestamp with time zone, p_xp bigint, p_longest_streak bigint, p_challenges bigint, p_active_ms bigint) TO breath_sync;

REVOKE ALL ON FUNCTION breath.report_folded_days(p_account uuid, p_device uuid, p_dates date[]) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.report_folded_days(p_account uuid, p_device uuid, p_dates date[]) TO breath_sync;

REVOKE ALL ON FUNCTION breath.request_reset(p_subject bytea, p_email_index bytea, p_token_hash bytea, p_expires_at timestamp with time zone, p_mail uuid, p_wrapped_key bytea, p_payload bytea) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.request_reset(p_subject bytea, p_email_index bytea, p_token_hash bytea, p_expires_at timestamp with time zone, p_mail uuid, p_wrapped_key bytea, p_payload bytea) TO breath_auth;

REVOKE ALL ON FUNCTION breath.require_network_of_code(p_code_hash bytea, p_network bytea) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.require_network_of_code(p_code_hash bytea, p_network bytea) TO breath_auth;

REVOKE ALL ON FUNCTION breath.reset_device(p_account uuid, p_caller uuid, p_device uuid, p_marker timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.reset_device(p_account uuid, p_caller uuid, p_device uuid, p_marker timestamp with time zone) TO breath_merge;
GRANT ALL ON FUNCTION breath.reset_device(p_account uuid, p_caller uuid, p_device uuid, p_marker timestamp with time zone) TO breath_sync;

REVOKE ALL ON FUNCTION breath.reset_password(p_subject bytea, p_email_index bytea, p_token_hash bytea, p_password_hash text, p_mail uuid, p_wrapped_key bytea, p_payload bytea, OUT is_done boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.reset_password(p_subject bytea, p_email_index bytea, p_token_hash bytea, p_password_hash text, p_mail uuid, p_wrapped_key bytea, p_payload bytea, OUT is_done boolean) TO breath_auth;

REVOKE ALL ON FUNCTION breath.revoke_api_key(p_account uuid, p_device uuid, OUT revoked boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.revoke_api_key(p_account uuid, p_device uuid, OUT revoked boolean) TO breath_auth;

REVOKE ALL ON FUNCTION breath.revoke_devices(p_account uuid, p_devices uuid[]) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.revoke_devices(p_account uuid, p_devices uuid[]) TO breath_auth;

GRANT SELECT,UPDATE ON TABLE breath.accounts TO breath_sync;
GRANT SELECT ON TABLE breath.accounts TO breath_stats;
GRANT SELECT,INSERT,UPDATE ON TABLE breath.accounts TO breath_auth;
GRANT SELECT,UPDATE ON TABLE breath.accounts TO breath_merge;
GRANT DELETE ON TABLE breath.accounts TO breath_maintenance;
GRANT SELECT ON TABLE breath.accounts TO breath_dump;

GRANT SELECT(account_id) ON TABLE breath.accounts TO breath_maintenance;

GRANT UPDATE(version) ON TABLE breath.accounts TO breath_stats;

GRANT UPDATE(last_seen_on) ON TABLE breath.accounts TO breath_stats;
GRANT SELECT(last_seen_on),UPDATE(last_seen_on) ON TABLE breath.accounts TO breath_maintenance;

GRANT UPDATE(week_start) ON TABLE breath.accounts TO breath_stats;

GRANT UPDATE(awarded_xp) ON TABLE breath.accounts TO breath_stats;

REVOKE ALL ON FUNCTION breath.room(a breath.accounts) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.room(a breath.accounts) TO breath_merge;
GRANT ALL ON FUNCTION breath.room(a breath.accounts) TO breath_sync;

REVOKE ALL ON FUNCTION breath.rotate_refresh(p_account uuid, p_session uuid, p_counter bigint, p_request_id text, p_now timestamp with time zone, OUT outcome text, OUT next_counter bigint, OUT device uuid, OUT tenant uuid, OUT generation integer) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.rotate_refresh(p_account uuid, p_session uuid, p_counter bigint, p_request_id text, p_now timestamp with time zone, OUT outcome text, OUT next_counter bigint, OUT device uuid, OUT tenant uuid, OUT generation integer) TO breath_auth;

REVOKE ALL ON FUNCTION breath.session_content(p_facts text) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.session_content(p_facts text) TO breath_merge;
GRANT ALL ON FUNCTION breath.session_content(p_facts text) TO breath_sync;

REVOKE ALL ON FUNCTION breath.session_key(p_session text) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.session_key(p_session text) TO breath_auth;
GRANT ALL ON FUNCTION breath.session_key(p_session text) TO breath_merge;
GRANT ALL ON FUNCTION breath.session_key(p_session text) TO breath_sync;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE breath.sessions TO breath_sync;
GRANT SELECT ON TABLE breath.sessions TO breath_stats;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE breath.sessions TO breath_merge;
GRANT DELETE ON TABLE breath.sessions TO breath_maintenance;
GRANT SELECT ON TABLE breath.sessions TO breath_dump;

GRANT SELECT(account_id) ON TABLE breath.sessions TO breath_maintenance;

REVOKE ALL ON FUNCTION breath.session_named(p_account uuid, p_device uuid, p_session text) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.session_named(p_account uuid, p_device uuid, p_session text) TO breath_merge;
GRANT ALL ON FUNCTION breath.session_named(p_account uuid, p_device uuid, p_session text) TO breath_sync;

REVOKE ALL ON FUNCTION breath.session_role(p_session uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.session_role(p_session uuid) TO breath_auth;

REVOKE ALL ON FUNCTION breath.session_statuses(p_account uuid, p_device uuid, p_version bigint, p_ids text[], p_hash_high bigint[], p_hash_low bigint[], p_known text[]) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.session_statuses(p_account uuid, p_device uuid, p_version bigint, p_ids text[], p_hash_high bigint[], p_hash_low bigint[], p_known text[]) TO breath_sync;

REVOKE ALL ON FUNCTION breath.sessions_begun(p_account uuid, p_start timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.sessions_begun(p_account uuid, p_start timestamp with time zone) TO breath_merge;
GRANT ALL ON FUNCTION breath.sessions_begun(p_account uuid, p_start timestamp with time zone) TO breath_sync;

REVOKE ALL ON FUNCTION breath.sessions_between(p_account uuid, p_device uuid, p_start bigint, p_end bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.sessions_between(p_account uuid, p_device uuid, p_start bigint, p_end bigint) TO breath_sync;

REVOKE ALL ON FUNCTION breath.set_password(p_account uuid, p_device uuid, p_password_hash text, p_mail uuid, p_wrapped_key bytea, p_payload bytea) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.set_password(p_account uuid, p_device uuid, p_password_hash text, p_mail uuid, p_wrapped_key bytea, p_payload bytea) TO breath_auth;

REVOKE ALL ON FUNCTION breath.settle_account(p_account uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.settle_account(p_account uuid) TO breath_merge;

REVOKE ALL ON FUNCTION breath.settle_days(p_account uuid, p_device uuid, p_dates date[]) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.settle_days(p_account uuid, p_device uuid, p_dates date[]) TO breath_merge;
GRANT ALL ON FUNCTION breath.settle_days(p_account uuid, p_device uuid, p_dates date[]) TO breath_sync;

REVOKE ALL ON FUNCTION breath.settle_deleted(p_account uuid, p_caller uuid, p_gone breath.sessions[]) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.settle_deleted(p_account uuid, p_caller uuid, p_gone breath.sessions[]) TO breath_merge;
GRANT ALL ON FUNCTION breath.settle_deleted(p_account uuid, p_caller uuid, p_gone breath.sessions[]) TO breath_sync;

REVOKE ALL ON FUNCTION breath.settle_derived(p_account uuid, p_devices uuid[], p_dates date[]) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.settle_derived(p_account uuid, p_devices uuid[], p_dates date[]) TO breath_merge;
GRANT ALL ON FUNCTION breath.settle_derived(p_account uuid, p_devices uuid[], p_dates date[]) TO breath_sync;

REVOKE ALL ON FUNCTION breath.settle_digests(p_account uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.settle_digests(p_account uuid) TO breath_merge;
GRANT ALL ON FUNCTION breath.settle_digests(p_account uuid) TO breath_sync;

REVOKE ALL ON FUNCTION breath.settle_groups(p_account uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.settle_groups(p_account uuid) TO breath_merge;
GRANT ALL ON FUNCTION breath.settle_groups(p_account uuid) TO breath_sync;

REVOKE ALL ON FUNCTION breath.settle_twins(p_account uuid, p_starts timestamp with time zone[]) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.settle_twins(p_account uuid, p_starts timestamp with time zone[]) TO breath_merge;
GRANT ALL ON FUNCTION breath.settle_twins(p_account uuid, p_starts timestamp with time zone[]) TO breath_sync;

REVOKE ALL ON FUNCTION breath.shown_name(p_name text) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.shown_name(p_name text) TO breath_sync;

REVOKE ALL ON FUNCTION breath.shown_zone(p_stored text) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.shown_zone(p_stored text) TO breath_auth;
GRANT ALL ON FUNCTION breath.shown_zone(p_stored text) TO breath_merge;
GRANT ALL ON FUNCTION breath.shown_zone(p_stored text) TO breath_stats;
GRANT ALL ON FUNCTION breath.shown_zone(p_stored text) TO breath_sync;

REVOKE ALL ON FUNCTION breath.sign_in(p_issuer text, p_subject text, p_device uuid, p_secret_hash bytea, p_new_account uuid, p_name text, p_time_zone text, p_merges boolean, p_refresh_session uuid, OUT outcome text, OUT is_new boolean, OUT account uuid, OUT tenant uuid, OUT generation integer) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.sign_in(p_issuer text, p_subject text, p_device uuid, p_secret_hash bytea, p_new_account uuid, p_name text, p_time_zone text, p_merges boolean, p_refresh_session uuid, OUT outcome text, OUT is_new boolean, OUT account uuid, OUT tenant uuid, OUT generation integer) TO breath_auth;

REVOKE ALL ON FUNCTION breath.standing(p_account uuid, p_time_zone text, OUT devices bigint, OUT sessions bigint, OUT total_xp bigint, OUT active_ms bigint, OUT longest_streak bigint, OUT today date, OUT run_starts date[], OUT run_ends date[], OUT plan_dates date[], OUT daily_minutes smallint[], OUT weekly_minutes smallint[], OUT weekly_days smallint[], OUT rest_days smallint[], OUT freezes_from date) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.standing(p_account uuid, p_time_zone text, OUT devices bigint, OUT sessions bigint, OUT total_xp bigint, OUT active_ms bigint, OUT longest_streak bigint, OUT today date, OUT run_starts date[], OUT run_ends date[], OUT plan_dates date[], OUT daily_minutes smallint[], OUT weekly_minutes smallint[], OUT weekly_days smallint[], OUT rest_days smallint[], OUT freezes_from date) TO breath_auth;

REVOKE ALL ON FUNCTION breath.store_days(p_account uuid, p_caller uuid, p_device uuid, p_marker timestamp with time zone, p_request_id text, p_dates date[], p_sessions bigint[], p_active_ms bigint[], p_cycles bigint[], p_xp bigint[]) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.store_days(p_account uuid, p_caller uuid, p_device uuid, p_marker timestamp with time zone, p_request_id text, p_dates date[], p_sessions bigint[], p_active_ms bigint[], p_cycles bigint[], p_xp bigint[]) TO breath_sync;

REVOKE ALL ON FUNCTION breath.store_or_fold_sessions(p_account uuid, p_caller uuid, p_device uuid, p_marker timestamp with time zone, p_request_id text, p_ids text[], p_started_at timestamp with time zone[], p_local_dates date[], p_facts text[], p_counted_ms bigint[], p_cycles bigint[], p_xp bigint[], p_flags smallint[], p_hash_high bigint[], p_hash_low bigint[]) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.store_or_fold_sessions(p_account uuid, p_caller uuid, p_device uuid, p_marker timestamp with time zone, p_request_id text, p_ids text[], p_started_at timestamp with time zone[], p_local_dates date[], p_facts text[], p_counted_ms bigint[], p_cycles bigint[], p_xp bigint[], p_flags smallint[], p_hash_high bigint[], p_hash_low bigint[]) TO breath_sync;

REVOKE ALL ON FUNCTION breath.store_sessions(p_account uuid, p_caller uuid, p_device uuid, p_marker timestamp with time zone, p_request_id text, p_silent text, p_ids text[], p_started_at timestamp with time zone[], p_local_dates date[], p_facts text[], p_counted_ms bigint[], p_cycles bigint[], p_xp bigint[], p_flags smallint[], p_hash_high bigint[], p_hash_low bigint[]) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.store_sessions(p_account uuid, p_caller uuid, p_device uuid, p_marker timestamp with time zone, p_request_id text, p_silent text, p_ids text[], p_started_at timestamp with time zone[], p_local_dates date[], p_facts text[], p_counted_ms bigint[], p_cycles bigint[], p_xp bigint[], p_flags smallint[], p_hash_high bigint[], p_hash_low bigint[]) TO breath_sync;

REVOKE ALL ON FUNCTION breath.store_settings(p_account uuid, p_device uuid, p_request_id text, p_modules text[], p_keys text[], p_values text[], p_stated_at timestamp with time zone[]) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.store_settings(p_account uuid, p_device uuid, p_request_id text, p_modules text[], p_keys text[], p_values text[], p_stated_at timestamp with time zone[]) TO breath_sync;

REVOKE ALL ON FUNCTION breath.store_twins(p_account uuid, p_device uuid, p_version bigint, p_ids text[], p_started_at timestamp with time zone[], p_local_dates date[], p_facts text[], p_counted_ms bigint[], p_cycles bigint[], p_xp bigint[], p_flags smallint[], p_hash_high bigint[], p_hash_low bigint[], p_known text[], OUT stored integer, OUT statuses text[]) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.store_twins(p_account uuid, p_device uuid, p_version bigint, p_ids text[], p_started_at timestamp with time zone[], p_local_dates date[], p_facts text[], p_counted_ms bigint[], p_cycles bigint[], p_xp bigint[], p_flags smallint[], p_hash_high bigint[], p_hash_low bigint[], p_known text[], OUT stored integer, OUT statuses text[]) TO breath_sync;

REVOKE ALL ON FUNCTION breath.take_mails(p_count integer) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.take_mails(p_count integer) TO breath_auth;

REVOKE ALL ON FUNCTION breath.take_sign_in(p_state_hash bytea, p_device uuid, p_secret_hash bytea, OUT redirect_uri text, OUT merges boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.take_sign_in(p_state_hash bytea, p_device uuid, p_secret_hash bytea, OUT redirect_uri text, OUT merges boolean) TO breath_auth;

REVOKE ALL ON FUNCTION breath.tell_of_wrong_codes(p_account uuid, p_mail uuid, p_wrapped_key bytea, p_payload bytea) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.tell_of_wrong_codes(p_account uuid, p_mail uuid, p_wrapped_key bytea, p_payload bytea) TO breath_auth;

REVOKE ALL ON FUNCTION breath.tell_owner(p_account uuid, p_kind text, p_mail uuid, p_wrapped_key bytea, p_payload bytea) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.tell_owner(p_account uuid, p_kind text, p_mail uuid, p_wrapped_key bytea, p_payload bytea) TO breath_auth;

REVOKE ALL ON FUNCTION breath.time_json(t timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.time_json(t timestamp with time zone) TO breath_sync;

REVOKE ALL ON FUNCTION breath.tombstone_hash(p_device uuid, p_session text, OUT high bigint, OUT low bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.tombstone_hash(p_device uuid, p_session text, OUT high bigint, OUT low bigint) TO breath_merge;
GRANT ALL ON FUNCTION breath.tombstone_hash(p_device uuid, p_session text, OUT high bigint, OUT low bigint) TO breath_sync;

GRANT SELECT,INSERT,UPDATE ON TABLE breath.tombstones TO breath_sync;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE breath.tombstones TO breath_merge;
GRANT DELETE ON TABLE breath.tombstones TO breath_maintenance;
GRANT SELECT ON TABLE breath.tombstones TO breath_dump;

GRANT SELECT(account_id) ON TABLE breath.tombstones TO breath_maintenance;

REVOKE ALL ON FUNCTION breath.tombstone_of(p_account uuid, p_high bigint, p_low bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.tombstone_of(p_account uuid, p_high bigint, p_low bigint) TO breath_merge;
GRANT ALL ON FUNCTION breath.tombstone_of(p_account uuid, p_high bigint, p_low bigint) TO breath_sync;

REVOKE ALL ON FUNCTION breath.tombstones_between(p_account uuid, p_start bigint, p_end bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.tombstones_between(p_account uuid, p_start bigint, p_end bigint) TO breath_sync;

REVOKE ALL ON FUNCTION breath.totals(p_account uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.totals(p_account uuid) TO breath_merge;
GRANT ALL ON FUNCTION breath.totals(p_account uuid) TO breath_stats;
GRANT ALL ON FUNCTION breath.totals(p_account uuid) TO breath_sync;

REVOKE ALL ON FUNCTION breath.try_admit(p_key bytea, p_interval_ms double precision, p_burst integer, OUT wait_ms bigint, OUT refusal text) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.try_admit(p_key bytea, p_interval_ms double precision, p_burst integer, OUT wait_ms bigint, OUT refusal text) TO breath_auth;

REVOKE ALL ON FUNCTION breath.turn_off_second_factor(p_account uuid, p_subject bytea, p_secret bytea, p_step bigint, p_code_hash bytea, p_mail uuid, p_wrapped_key bytea, p_payload bytea, OUT is_done boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.turn_off_second_factor(p_account uuid, p_subject bytea, p_secret bytea, p_step bigint, p_code_hash bytea, p_mail uuid, p_wrapped_key bytea, p_payload bytea, OUT is_done boolean) TO breath_auth;

REVOKE ALL ON FUNCTION breath.undo_merge(p_account uuid, p_device uuid, p_generation integer, p_merge uuid, OUT outcome text, OUT source uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.undo_merge(p_account uuid, p_device uuid, p_generation integer, p_merge uuid, OUT outcome text, OUT source uuid) TO breath_auth;

REVOKE ALL ON FUNCTION breath.unite_days(p_source uuid, p_target uuid, p_device uuid, p_head bigint, p_versions bigint[]) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.unite_days(p_source uuid, p_target uuid, p_device uuid, p_head bigint, p_versions bigint[]) TO breath_merge;

REVOKE ALL ON FUNCTION breath.unite_device(p_source uuid, p_target uuid, p_device uuid, p_caller uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.unite_device(p_source uuid, p_target uuid, p_device uuid, p_caller uuid) TO breath_merge;

REVOKE ALL ON FUNCTION breath.update_device(p_account uuid, p_device uuid, p_name text, p_zone text, p_behind_ms bigint, OUT is_unknown_zone boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.update_device(p_account uuid, p_device uuid, p_name text, p_zone text, p_behind_ms bigint, OUT is_unknown_zone boolean) TO breath_sync;

REVOKE ALL ON FUNCTION breath.usable_zone(p_stored text) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.usable_zone(p_stored text) TO breath_auth;
GRANT ALL ON FUNCTION breath.usable_zone(p_stored text) TO breath_merge;
GRANT ALL ON FUNCTION breath.usable_zone(p_stored text) TO breath_stats;
GRANT ALL ON FUNCTION breath.usable_zone(p_stored text) TO breath_sync;

REVOKE ALL ON FUNCTION breath.use_second_factor(p_account uuid, p_device uuid, p_secret bytea, p_step bigint, p_code_hash bytea, OUT is_good boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.use_second_factor(p_account uuid, p_device uuid, p_secret bytea, p_step bigint, p_code_hash bytea, OUT is_good boolean) TO breath_auth;

REVOKE ALL ON FUNCTION breath.versions_of(p_account uuid, p_devices uuid[]) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.versions_of(p_account uuid, p_devices uuid[]) TO breath_merge;

REVOKE ALL ON FUNCTION breath.warn_unseen_accounts(batch integer) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.warn_unseen_accounts(batch integer) TO breath_admin;

REVOKE ALL ON FUNCTION breath.ways_to_sign_in() FROM PUBLIC;
GRANT ALL ON FUNCTION breath.ways_to_sign_in() TO breath_sync;

REVOKE ALL ON FUNCTION breath.zone_of_key(p_account uuid, p_key uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.zone_of_key(p_account uuid, p_key uuid) TO breath_stats;
GRANT ALL ON FUNCTION breath.zone_of_key(p_account uuid, p_key uuid) TO breath_sync;

REVOKE ALL ON FUNCTION breath.zone_of_new_device(p_account uuid, p_stated text) FROM PUBLIC;
GRANT ALL ON FUNCTION breath.zone_of_new_device(p_account uuid, p_stated text) TO breath_auth;
GRANT ALL ON FUNCTION breath.zone_of_new_device(p_account uuid, p_stated text) TO breath_sync;

GRANT SELECT,INSERT ON TABLE breath.account_keys TO breath_auth;
GRANT SELECT ON TABLE breath.account_keys TO breath_maintenance;
GRANT SELECT ON TABLE breath.account_keys TO breath_dump;

GRANT SELECT ON TABLE breath.admins TO breath_auth;
GRANT SELECT ON TABLE breath.admins TO breath_maintenance;
GRANT SELECT ON TABLE breath.admins TO breath_dump;

GRANT SELECT ON TABLE breath.api_keys TO breath_sync;
GRANT SELECT ON TABLE breath.api_keys TO breath_stats;
GRANT SELECT,INSERT ON TABLE breath.api_keys TO breath_auth;
GRANT SELECT ON TABLE breath.api_keys TO breath_dump;

GRANT UPDATE(last_used_on) ON TABLE breath.api_keys TO breath_sync;
GRANT UPDATE(last_used_on) ON TABLE breath.api_keys TO breath_stats;

GRANT SELECT,INSERT ON TABLE breath.challenge_claims TO breath_stats;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE breath.challenge_claims TO breath_merge;
GRANT SELECT ON TABLE breath.challenge_claims TO breath_dump;

GRANT SELECT(account_id) ON TABLE breath.challenge_claims TO breath_sync;

GRANT SELECT(local_date) ON TABLE breath.challenge_claims TO breath_sync;

GRANT SELECT(challenge) ON TABLE breath.challenge_claims TO breath_sync;

GRANT SELECT(xp) ON TABLE breath.challenge_claims TO breath_sync;

GRANT SELECT(claimed_at) ON TABLE breath.challenge_claims TO breath_sync;

GRANT SELECT,INSERT ON TABLE breath.consents TO breath_sync;
GRANT SELECT ON TABLE breath.consents TO breath_auth;
GRANT SELECT,INSERT,UPDATE ON TABLE breath.consents TO breath_merge;
GRANT SELECT,DELETE ON TABLE breath.consents TO breath_maintenance;
GRANT SELECT ON TABLE breath.consents TO breath_dump;

GRANT SELECT,INSERT ON TABLE breath.device_credentials TO breath_auth;
GRANT SELECT,UPDATE ON TABLE breath.device_credentials TO breath_merge;
GRANT SELECT ON TABLE breath.device_credentials TO breath_dump;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE breath.email_claims TO breath_auth;
GRANT SELECT,DELETE ON TABLE breath.email_claims TO breath_maintenance;
GRANT SELECT ON TABLE breath.email_claims TO breath_dump;

GRANT SELECT ON TABLE breath.erased TO breath_sync;
GRANT SELECT ON TABLE breath.erased TO breath_stats;
GRANT SELECT ON TABLE breath.erased TO breath_auth;
GRANT SELECT,INSERT ON TABLE breath.erased TO breath_maintenance;
GRANT SELECT ON TABLE breath.erased TO breath_dump;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE breath.folded_days TO breath_sync;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE breath.folded_days TO breath_merge;
GRANT SELECT ON TABLE breath.folded_days TO breath_dump;

GRANT SELECT,INSERT ON TABLE breath.identities TO breath_auth;
GRANT SELECT ON TABLE breath.identities TO breath_dump;

GRANT SELECT(account_id) ON TABLE breath.identities TO breath_merge;
GRANT SELECT(account_id) ON TABLE breath.identities TO breath_maintenance;

GRANT SELECT ON TABLE breath.incarnations TO breath_sync;
GRANT SELECT ON TABLE breath.incarnations TO breath_stats;
GRANT SELECT ON TABLE breath.incarnations TO breath_dump;

GRANT SELECT,INSERT ON TABLE breath.login_addresses TO breath_auth;
GRANT SELECT ON TABLE breath.login_addresses TO breath_dump;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE breath.login_attempts TO breath_auth;
GRANT SELECT,DELETE ON TABLE breath.login_attempts TO breath_maintenance;
GRANT SELECT ON TABLE breath.login_attempts TO breath_dump;

GRANT SELECT,INSERT,UPDATE ON TABLE breath.logins TO breath_auth;
GRANT SELECT ON TABLE breath.logins TO breath_dump;

GRANT SELECT(account_id) ON TABLE breath.logins TO breath_merge;
GRANT SELECT(account_id) ON TABLE breath.logins TO breath_maintenance;

GRANT SELECT(email) ON TABLE breath.logins TO breath_maintenance;

GRANT SELECT ON TABLE breath.merges TO breath_auth;
GRANT SELECT,INSERT,UPDATE ON TABLE breath.merges TO breath_merge;
GRANT SELECT ON TABLE breath.merges TO breath_dump;

GRANT INSERT ON TABLE breath.outbox TO breath_auth;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE breath.outbox TO breath_maintenance;
GRANT SELECT ON TABLE breath.outbox TO breath_dump;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE breath.pairing_codes TO breath_auth;
GRANT SELECT,UPDATE ON TABLE breath.pairing_codes TO breath_merge;
GRANT SELECT,DELETE ON TABLE breath.pairing_codes TO breath_maintenance;
GRANT SELECT ON TABLE breath.pairing_codes TO breath_dump;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE breath.password_resets TO breath_auth;
GRANT SELECT,DELETE ON TABLE breath.password_resets TO breath_maintenance;
GRANT SELECT ON TABLE breath.password_resets TO breath_dump;

GRANT SELECT ON TABLE breath.plans TO breath_sync;
GRANT SELECT,INSERT,UPDATE ON TABLE breath.plans TO breath_stats;
GRANT SELECT ON TABLE breath.plans TO breath_merge;
GRANT SELECT ON TABLE breath.plans TO breath_dump;

GRANT SELECT,INSERT ON TABLE breath.push_ledger TO breath_sync;
GRANT INSERT ON TABLE breath.push_ledger TO breath_auth;
GRANT SELECT,UPDATE ON TABLE breath.push_ledger TO breath_merge;
GRANT SELECT,DELETE ON TABLE breath.push_ledger TO breath_maintenance;
GRANT SELECT ON TABLE breath.push_ledger TO breath_dump;

GRANT SELECT(account_id) ON TABLE breath.push_ledger TO breath_auth;

GRANT SELECT(entry) ON TABLE breath.push_ledger TO breath_auth;

GRANT SELECT,INSERT,UPDATE ON TABLE breath.rate_limits TO breath_sync;
GRANT SELECT,INSERT,UPDATE ON TABLE breath.rate_limits TO breath_stats;
GRANT SELECT,INSERT,UPDATE ON TABLE breath.rate_limits TO breath_auth;
GRANT SELECT,INSERT,UPDATE ON TABLE breath.rate_limits TO breath_admin;
GRANT SELECT,DELETE ON TABLE breath.rate_limits TO breath_maintenance;
GRANT SELECT ON TABLE breath.rate_limits TO breath_dump;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE breath.recovery_codes TO breath_auth;
GRANT SELECT ON TABLE breath.recovery_codes TO breath_dump;

GRANT SELECT,INSERT,UPDATE ON TABLE breath.refresh_sessions TO breath_auth;
GRANT SELECT,UPDATE ON TABLE breath.refresh_sessions TO breath_merge;
GRANT SELECT,DELETE ON TABLE breath.refresh_sessions TO breath_maintenance;
GRANT SELECT ON TABLE breath.refresh_sessions TO breath_dump;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE breath.second_factors TO breath_auth;
GRANT SELECT ON TABLE breath.second_factors TO breath_dump;

GRANT SELECT,INSERT,UPDATE ON TABLE breath.settings TO breath_sync;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE breath.settings TO breath_merge;
GRANT DELETE ON TABLE breath.settings TO breath_maintenance;
GRANT SELECT ON TABLE breath.settings TO breath_dump;

GRANT SELECT(account_id) ON TABLE breath.settings TO breath_maintenance;

GRANT SELECT,INSERT,DELETE ON TABLE breath.shares TO breath_stats;
GRANT SELECT,UPDATE ON TABLE breath.shares TO breath_merge;
GRANT SELECT ON TABLE breath.shares TO breath_dump;

GRANT SELECT(account_id) ON TABLE breath.shares TO breath_sync;

GRANT SELECT(share_id) ON TABLE breath.shares TO breath_sync;

GRANT SELECT(content) ON TABLE breath.shares TO breath_sync;

GRANT SELECT(name) ON TABLE breath.shares TO breath_sync;

GRANT SELECT(created_at) ON TABLE breath.shares TO breath_sync;

GRANT SELECT,INSERT,DELETE ON TABLE breath.sign_ins TO breath_auth;
GRANT SELECT,DELETE ON TABLE breath.sign_ins TO breath_maintenance;
GRANT SELECT ON TABLE breath.sign_ins TO breath_dump;

GRANT SELECT ON TABLE breath.tenants TO breath_auth;
GRANT SELECT ON TABLE breath.tenants TO breath_dump;

GRANT SELECT ON TABLE breath.time_zone_aliases TO breath_sync;
GRANT SELECT ON TABLE breath.time_zone_aliases TO breath_stats;
GRANT SELECT ON TABLE breath.time_zone_aliases TO breath_auth;
GRANT SELECT ON TABLE breath.time_zone_aliases TO breath_merge;
GRANT SELECT ON TABLE breath.time_zone_aliases TO breath_dump;

GRANT SELECT,INSERT,UPDATE ON TABLE breath.wrong_codes TO breath_auth;
GRANT SELECT,DELETE ON TABLE breath.wrong_codes TO breath_maintenance;
GRANT SELECT ON TABLE breath.wrong_codes TO breath_dump;

GRANT SELECT ON TABLE breath_meta.definition_sets TO breath_admin;
GRANT SELECT ON TABLE breath_meta.definition_sets TO breath_dump;

GRANT SELECT ON TABLE breath_meta.definitions TO breath_dump;

GRANT SELECT ON TABLE breath_meta.migrations TO breath_admin;
GRANT SELECT ON TABLE breath_meta.migrations TO breath_dump;

ALTER DEFAULT PRIVILEGES FOR ROLE breath_owner IN SCHEMA breath GRANT SELECT ON SEQUENCES  TO breath_dump;

ALTER DEFAULT PRIVILEGES FOR ROLE breath_owner IN SCHEMA breath GRANT SELECT ON TABLES  TO breath_dump;

