import Backend
import BreathDomain
import FunctionRuntime
import Postgres
import StrictJSON

/// `GET /v1/sync/ledger?limit=…`: what became of the last pushes of every device, so that being out of step is never a
/// mystery.
extension SyncEndpoint {
  func ledger(_ signedIn: SignedIn) async throws -> Reply {
    let limit = try signedIn.request.query.integer("limit", in: 1...200) ?? 50
    let pushes = try signedIn.read(SyncEndpoint.lastPushes(of: signedIn.caller, limit))
    return Reply(200, json: ["pushes": .array(pushes.map { [.raw($0)] } ?? [])])
  }

  /// What an answer holds beside its headers. The verdicts of one push take less: of each kind a hundred are named.
  private static let bytesMax: Int32 = 900 * 1024

  /// As JSON with commas between; the newest first, as many as fit. A push has a line for each kind of item in it.
  private static func lastPushes(of caller: Caller, _ limit: Int) -> Pipeline<String?> {
    Pipeline(
      """
      SELECT string_agg(f.push, ',' ORDER BY f.newest DESC) AS pushes
      FROM (
        SELECT p.*, sum(octet_length(p.push) + 1) OVER (ORDER BY p.newest DESC) AS bytes
        FROM (
          SELECT max(entry) AS newest, json_build_object(
              'at', breath.time_json(pushed_at), 'request', request_id, 'device', device_id,
              'items', json_agg(json_build_object(
                'kind', kind, 'stored', stored, 'duplicate', duplicate, 'rejected', rejected,
                'verdicts', coalesce(verdicts, '[]')) ORDER BY entry))::text AS push
          FROM (
            SELECT * FROM breath.push_ledger WHERE account_id = \(caller.account.uuid)
            ORDER BY entry DESC LIMIT \(8 * limit)
          ) AS l
          GROUP BY pushed_at, request_id, device_id
          ORDER BY newest DESC
          LIMIT \(limit)
        ) AS p
      ) AS f
      WHERE f.bytes <= \(bytesMax)
      """, row: { try $0["pushes"] })
  }
}
