import BreathDomain
import Crypto
import FunctionRuntime
import Pictures
import Postgres
import StrictJSON

// The pictures of the person who asks, and those that a share shows to whoever has its id.

extension StatsEndpoint {
  var pictureRoutes: [Route] {
    Drawing.allCases.flatMap { drawing in
      [
        Route(.get, "/\(drawing.rawValue)", ownPicture(drawing)),
        Route(.get, "/shares/{id}/\(drawing.rawValue)", isForEveryone: true, sharedPicture(drawing)),
      ]
    }
  }

  private func ownPicture(_ drawing: Drawing) -> Route.Handler {
    { request, context in
      let services = try await endpoint.services()
      let asker = try await services.authenticator.asker(of: request)
      let picture = try PictureRequest(drawing, request.query)
      let (result, limit) = try services.pipeline(
        for: asker, picture.view.query(for: asker.viewer(), known: nil), context)
      let headers = limit + [("Cache-Control", "private, no-cache"), ("Vary", "Authorization")]
      return try reply(picture, result.only, .all, request, headers)
    }
  }

  /// Whatever cannot be shown is the same 404: an id that is unknown or revoked, and what its owner chose not to show.
  private func sharedPicture(_ drawing: Drawing) -> Route.Handler {
    { request, context in
      let services = try await endpoint.services()
      let picture = try PictureRequest(drawing, request.query)
      guard let id = request.parameters["id"].flatMap(ShareID.init) else { throw Problem.shareNotFound }
      let limit = services.configuration.limits.share
      let results = try services.database.pipeline(
        [
          "SELECT content, name FROM breath.open_share(\(id.uuid))", limit.admit(id.text),
          picture.view.query(for: .share, known: nil),
        ], context)
      let headers = [
        ("Cache-Control", "public, max-age=300, stale-while-revalidate=86400"),
        ("Cross-Origin-Resource-Policy", "cross-origin"),
      ]
      return try reply(picture, results[2].only, Shown(results[0].only), request, headers)
    }
  }

  private func reply(
    _ asked: PictureRequest, _ row: Row, _ shown: Shown, _ request: Request, _ headers: [(String, String)]
  ) throws -> Reply {
    let progress = try Progress(row)
    guard let picture = asked.picture(progress, try DayHistory(row), shown) else { throw Problem.shareNotFound }
    let svg = picture.svg(asked.look)
    let tag = PictureTag(svg)
    let headers = headers + [("ETag", tag.text)]
    if tag.isNamed(in: request.headers["if-none-match"]) { return Reply(304, headers: headers) }
    if asked.drawing == .shields, let badge = picture as? Badge {
      return Reply(200, json: ShieldsEndpoint(badge).json, headers: headers)
    }
    var reply = Reply(200, text: svg, contentType: "image/svg+xml; charset=utf-8")
      // The picture's own colours, and no script, wherever somebody opens it.
      .header("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'")
    reply.headers += headers
    return reply
  }
}

extension PictureRequest {
  /// Its statement; what is made of it is a picture and no JSON.
  var view: View { View(drawing.rawValue, days: days) { _, _, _ in .null } }
}

/// A tag derived from what is drawn alone, so that it leaks nothing else about the account.
private struct PictureTag {
  private let opaque: String
  var text: String { "W/\"\(opaque)\"" }

  init(_ svg: String) { opaque = Base64URL.encode(SHA256.hash(data: Array(svg.utf8)).prefix(12)) }

  func isNamed(in header: String?) -> Bool { IfNoneMatch.tags(header).contains { $0 == "*" || $0 == opaque } }
}

extension ShieldsEndpoint {
  fileprivate var json: JSON {
    [
      "schemaVersion": JSON(schemaVersion), "label": .string(label), "message": .string(message),
      "color": .string(color), "cacheSeconds": JSON(cacheSeconds),
    ]
  }
}
