-- A name as everybody is shown it, by the rule that names have (Backend/Name.swift): nothing that turns text
-- round or hides in it, and a space for what breaks a line.
CREATE OR REPLACE FUNCTION breath.shown_name(p_name text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
  SELECT regexp_replace(
    regexp_replace(p_name, '[\u00ad\u061c\u180e\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff]', '', 'g'),
    '[\u0001-\u001f\u007f-\u009f\u2028\u2029]', ' ', 'g')
$$;
REVOKE ALL ON FUNCTION breath.shown_name FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.shown_name TO breath_sync;
