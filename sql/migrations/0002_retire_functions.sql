-- Functions that others took the place of. They go at once, because nothing is released that calls them: after a
-- release they would stay until no program that runs calls them any more. None is there in a new database, whose
-- functions are made after its migrations.
SET LOCAL ROLE breath_owner;

-- By those that know the tenant: `breath.begin_token_request` and `breath.begin_administrator_request`.
DROP FUNCTION IF EXISTS breath.begin_request(uuid, uuid, integer, boolean, bytea, double precision, integer);
DROP FUNCTION IF EXISTS breath.begin_admin_request(uuid, uuid, integer, bytea, double precision, integer);

-- By `breath.carry_claims_and_shares`, which the merge calls itself: a trigger that writes another account is seen by
-- nobody who reads the merge.
DROP TRIGGER IF EXISTS accounts_carry_along ON breath.accounts;
DROP FUNCTION IF EXISTS breath.carry_along();
