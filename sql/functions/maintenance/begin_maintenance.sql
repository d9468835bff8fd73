-- Whether this transaction may do the day's maintenance: one at a time.
CREATE OR REPLACE FUNCTION breath.begin_maintenance() RETURNS boolean
LANGUAGE sql
AS $$ SELECT pg_catalog.pg_try_advisory_xact_lock(7021787) $$;
REVOKE ALL ON FUNCTION breath.begin_maintenance FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.begin_maintenance TO breath_admin;
