-- A digest as clients see it: the count, a hyphen, and the XOR of all record hashes in 32 hexadecimal digits.
CREATE OR REPLACE FUNCTION breath.digest_text(p_count bigint, p_high bigint, p_low bigint) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT p_count || '-' || lpad(to_hex(p_high), 16, '0') || lpad(to_hex(p_low), 16, '0') $$;
REVOKE ALL ON FUNCTION breath.digest_text FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.digest_text TO breath_sync;
