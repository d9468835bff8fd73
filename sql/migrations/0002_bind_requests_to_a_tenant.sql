-- Pipelines of a caller begin with functions that know the tenant (`breath.begin_token_request`,
-- `breath.begin_administrator_request`). The ones before them go at once, because nothing is released that calls them:
-- after a release they would stay until no program that runs calls them any more. Not there in a new database, whose
-- functions are made after its migrations.
SET LOCAL ROLE breath_owner;
DROP FUNCTION IF EXISTS breath.begin_request(uuid, uuid, integer, boolean, bytea, double precision, integer);
DROP FUNCTION IF EXISTS breath.begin_admin_request(uuid, uuid, integer, bytea, double precision, integer);
