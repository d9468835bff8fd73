import BreathDomain
import FunctionRuntime
import Postgres
import StrictJSON

/// `GET /v1/sync/ledger?limit=…`: what became of the last pushes of every device, so that being out of step is never a
/// mystery (PEERS N6).
extension SyncEndpoint {
  func ledger(_ request: Request, _ context: Context) async throws -> Reply {
    let services = try await endpoint.services()
    let caller = try await services.authenticator.caller(of: request, for: .sync)
    let limit = try request.query.integer("limit", in: 1...200) ?? 50
    let (results, headers) = try services.flight(
      for: caller, locking: false, [SyncEndpoint.lastPushes(of: caller, limit)], context)
    let pushes: String? = try results[0].only["pushes"]
    return Reply(200, json: ["pushes": .raw(pushes ?? "[]")], headers: headers)
  }

  /// The newest first; a push has a line for each kind of item in it.
  private static func lastPushes(of caller: Caller, _ limit: Int) -> SQL {
    """
    SELECT json_agg(json_build_object(
        'at', breath.time_json(p.pushed_at), 'request', p.request_id, 'device', p.device_id, 'items', p.items)
        ORDER BY p.newest DESC)::text AS pushes
    FROM (
      SELECT pushed_at, request_id, device_id, max(entry) AS newest,
        json_agg(json_build_object(
          'kind', kind, 'stored', stored, 'duplicate', duplicate, 'rejected', rejected,
          'verdicts', coalesce(verdicts, '[]')) ORDER BY entry) AS items
      FROM (
        SELECT * FROM breath.push_ledger WHERE account_id = \(caller.account.uuid) ORDER BY entry DESC LIMIT \(8 * limit)
      ) AS l
      GROUP BY pushed_at, request_id, device_id
      ORDER BY newest DESC
      LIMIT \(limit)
    ) AS p
    """
  }
}
