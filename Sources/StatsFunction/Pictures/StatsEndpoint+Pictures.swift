import Backend
import BreathDomain
import Crypto
import FunctionRuntime
import Pictures
import Postgres
import Practice
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
    endpoint.open { call in
      let asker = try await call.services.authenticator.asker(of: call.request)
      let picture = try PictureRequest(drawing, call.request.query)
      let (admission, facts) = try call.run(
        asker.prologue(call.limits.device), picture.reading.pipeline(for: Viewer(asker)))
      let headers = admission.headers + [("Cache-Control", "private, no-cache"), ("Vary", "Authorization")]
      return try picture.reply(to: call.request, facts, .all, headers)
    }
  }

  /// Whatever cannot be shown is the same 404: an id that is unknown or revoked, and what its owner chose not to show.
  private func sharedPicture(_ drawing: Drawing) -> Route.Handler {
    endpoint.open { call in
      let picture = try PictureRequest(drawing, call.request.query)
      guard let id = call.request.parameters["id"].flatMap(ShareID.init) else { throw Problem.shareNotFound }
      let (shown, _, facts) = try call.run(
        Share.open(id), call.limits.share.admit(id.text), picture.reading.pipeline(for: .share))
      let headers = [
        ("Cache-Control", "public, max-age=300, stale-while-revalidate=86400"),
        ("Cross-Origin-Resource-Policy", "cross-origin"),
      ]
      return try picture.reply(to: call.request, facts, shown, headers)
    }
  }
}

extension PictureRequest {
  fileprivate func reply(
    to request: Request, _ facts: PictureFacts, _ shown: Shown, _ headers: [(String, String)]
  ) throws -> Reply {
    guard let picture = picture(of: facts, shown) else { throw Problem.shareNotFound }
    let svg = picture.svg(look)
    let tag = PictureTag(svg)
    let headers = headers + [("ETag", tag.text)]
    if tag.isNamed(in: request.headers["if-none-match"]) { return Reply(304, headers: headers) }
    if drawing == .shields, let badge = picture as? Badge {
      return Reply(200, json: ShieldsEndpoint(badge).json, headers: headers)
    }
    var reply = Reply(200, text: svg, contentType: "image/svg+xml; charset=utf-8")
      // The picture's own colours, and no script, wherever somebody opens it.
      .header("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'")
    reply.headers += headers
    return reply
  }
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
