-- The migrations' own table is made by `breath migrate`; readiness compares it with what the code needs.
GRANT USAGE ON SCHEMA breath_meta TO breath_admin;
GRANT SELECT ON breath_meta.migrations TO breath_admin;
