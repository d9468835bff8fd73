import Backend
import FunctionRuntime
import Postgres
import StrictJSON

/// `/shares`: what a person shows to others, by ids that can be revoked.
extension StatsEndpoint {
  var shareRoutes: [Route] {
    [
      Route(.get, "/shares", endpoint.signedIn(for: .share, shares)),
      Route(.post, "/shares", endpoint.signedIn(for: .share, makeShare)),
      Route(.delete, "/shares/{id}", endpoint.signedIn(for: .share, revokeShare)),
    ]
  }

  func makeShare(_ signedIn: SignedIn) async throws -> Reply {
    let shown = try Shown(signedIn.request.object(of: Shown.members))
    let made: Share? = try signedIn.write(Share.make(shown, signedIn.caller.account))
    guard let share = made else {
      throw Problem.conflict(
        code: "too_many_shares", detail: "An account has at most \(Share.perAccountMax) shares. Revoke one first.")
    }
    return Reply(201, json: JSON(share))
  }

  func shares(_ signedIn: SignedIn) async throws -> Reply {
    let shares: [Share] = try signedIn.read(Share.all(of: signedIn.caller.account))
    return Reply(200, json: ["shares": .array(shares.map { JSON($0) })])
  }

  /// 404 for an id that is unknown, foreign or revoked before, all alike.
  func revokeShare(_ signedIn: SignedIn) async throws -> Reply {
    // What cannot be an id is looked for as one that nobody has.
    let id = signedIn.request.parameters["id"].flatMap { ShareID($0) } ?? ShareID()
    guard try signedIn.write(Share.revoke(id, of: signedIn.caller.account)) else { throw Problem.shareNotFound }
    return Reply(204)
  }
}

extension JSON {
  fileprivate init(_ share: Share) {
    let (id, shown) = (share.id.text, share.shown)
    self = [
      "id": .string(id), "content": .array(shown.contentNames.map(JSON.string)), "name": JSON(shown.name),
      "createdAt": JSON(share.createdAt),
      "paths": .array(shown.drawings.map { .string("/v1/stats/shares/\(id)/\($0.rawValue)") }),
    ]
  }
}
