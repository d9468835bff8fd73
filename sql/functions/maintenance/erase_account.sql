SET LOCAL ROLE breath_maintenance;

-- Erases everything of an account, as its owner asked, in one transaction. What stays are hashes of its id and its
-- devices' ids, so that a late push or an old installation brings nothing back.
CREATE OR REPLACE FUNCTION breath.erase_account(p_account uuid) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
  INSERT INTO breath.erased (id_hash)
  SELECT sha256(uuid_send(p_account))
  UNION
  SELECT sha256(uuid_send(device_id)) FROM breath.devices WHERE account_id = p_account
  ON CONFLICT DO NOTHING;
  SELECT breath.delete_account_rows(ARRAY[p_account])
$$;
REVOKE ALL ON FUNCTION breath.erase_account FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.erase_account TO breath_auth;
