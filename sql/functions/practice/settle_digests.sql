-- Counts and digests anew, from all rows: after what moves many of them at once.
CREATE OR REPLACE FUNCTION breath.settle_digests(p_account uuid) RETURNS void
LANGUAGE sql
AS $$
  UPDATE breath.devices d SET digest_count = r.records, digest_high = r.high, digest_low = r.low
  FROM breath.devices n
  LEFT JOIN (
    SELECT i.device_id, count(*) AS records, bit_xor(i.high) AS high, bit_xor(i.low) AS low
    FROM breath.records(p_account) AS i GROUP BY i.device_id
  ) AS f ON f.device_id = n.device_id
  CROSS JOIN LATERAL (
    SELECT coalesce(f.records, 0) AS records, coalesce(f.high, 0) AS high, coalesce(f.low, 0) AS low
  ) AS r
  WHERE n.account_id = p_account AND d.account_id = p_account AND d.device_id = n.device_id
    AND (d.digest_count, d.digest_high, d.digest_low) IS DISTINCT FROM (r.records, r.high, r.low);
  UPDATE breath.accounts a SET
    (digest_count, digest_high, digest_low) = (
      SELECT coalesce(sum(d.digest_count), 0), coalesce(bit_xor(d.digest_high), 0), coalesce(bit_xor(d.digest_low), 0)
      FROM breath.devices d WHERE d.account_id = p_account),
    tombstones = (SELECT count(*) FROM breath.tombstones t WHERE t.account_id = p_account),
    kept = (SELECT count(*) FROM breath.records(p_account) AS r WHERE r.local_date IS NOT NULL)
  WHERE a.account_id = p_account
$$;
REVOKE ALL ON FUNCTION breath.settle_digests FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.settle_digests TO breath_merge, breath_sync;
