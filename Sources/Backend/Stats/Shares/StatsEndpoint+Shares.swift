import FoundationEssentials
import FunctionRuntime
import Postgres
import StrictJSON

/// `/shares`: what a person shows to others, by ids that can be revoked.
extension StatsEndpoint {
  var shareRoutes: [Route] {
    [
      Route(.get, "/shares", shares), Route(.post, "/shares", makeShare), Route(.delete, "/shares/{id}", revokeShare),
    ]
  }

  private static let sharesMax: Int32 = 20

  func makeShare(_ request: Request, _ context: Context) async throws -> Reply {
    let services = try await endpoint.services()
    let caller = try await services.authenticator.caller(of: request, for: .share)
    let shown = try Shown(request.object(of: Shown.members))
    let id = ShareID()
    let (results, headers) = try services.pipeline(
      for: caller, locking: true,
      [
        """
        INSERT INTO breath.shares (account_id, share_id, content, name)
        SELECT \(caller.account.uuid), \(id.uuid), \(shown.contentNames), \(shown.name)
        WHERE (SELECT count(*) FROM breath.shares WHERE account_id = \(caller.account.uuid))
          < \(StatsEndpoint.sharesMax)
        RETURNING share_id, content, name, created_at
        """
      ], context)
    guard let row = results[0].first else {
      throw Problem.conflict(
        code: "too_many_shares", detail: "An account has at most \(StatsEndpoint.sharesMax) shares. Revoke one first.")
    }
    return Reply(201, json: try share(row), headers: headers)
  }

  func shares(_ request: Request, _ context: Context) async throws -> Reply {
    let services = try await endpoint.services()
    let caller = try await services.authenticator.caller(of: request, for: .share)
    let (results, headers) = try services.pipeline(
      for: caller, locking: false,
      [
        """
        SELECT share_id, content, name, created_at FROM breath.shares WHERE account_id = \(caller.account.uuid)
        ORDER BY created_at, share_id
        """
      ], context)
    return Reply(200, json: ["shares": .array(try results[0].map(share))], headers: headers)
  }

  /// 404 for an id that is unknown, foreign or revoked before, all alike.
  func revokeShare(_ request: Request, _ context: Context) async throws -> Reply {
    let services = try await endpoint.services()
    let caller = try await services.authenticator.caller(of: request, for: .share)
    // What cannot be an id is looked for as one that nobody has.
    let id = request.parameters["id"].flatMap { ShareID($0) } ?? ShareID()
    let (results, headers) = try services.pipeline(
      for: caller, locking: true,
      [
        """
        DELETE FROM breath.shares WHERE account_id = \(caller.account.uuid) AND share_id = \(id.uuid) RETURNING share_id
        """
      ], context)
    guard results[0].first != nil else { throw Problem.shareNotFound }
    return Reply(204, headers: headers)
  }

  private func share(_ row: Row) throws -> JSON {
    let shown = try Shown(row)
    let id = ShareID(try row["share_id"] as UUID)
    return [
      "id": .string(id.text), "content": .array(shown.contentNames.map(JSON.string)), "name": JSON(shown.name),
      "createdAt": JSON(try row["created_at"] as Date),
      "paths": .array(shown.drawings.map { .string("/v1/stats/shares/\(id.text)/\($0.rawValue)") }),
    ]
  }
}

extension Shown {
  /// The pictures that show something of it.
  fileprivate var drawings: [Drawing] {
    Drawing.allCases.filter { drawing in
      switch drawing {
      case .card: true
      case .heatmap: content.contains(.heatmap)
      case .trend: content.contains(.trend)
      case .badge, .shields: PictureRequest.BadgeFact.allCases.contains { content.contains($0.content) }
      }
    }
  }
}
