-- A process that waits for an account's row serves nobody else meanwhile, so it gives up early, and the caller, who is told
-- so, comes again. Longer than deadlock_timeout (1 s, and not ours to change on a managed service): a deadlock must still
-- be found as one, because then the flight is run again and nobody notices.
DO $$
DECLARE
  role_name text;
BEGIN
  FOREACH role_name IN ARRAY ARRAY['breath_sync', 'breath_stats', 'breath_auth', 'breath_admin'] LOOP
    EXECUTE format('ALTER ROLE %I SET lock_timeout = ''1200ms''', role_name);
  END LOOP;
END
$$;
