import Foundation
import FunctionRuntime
import StrictJSON
import Testing

/// What a person shows to others: what they chose, until they revoke it, and nothing of who they are.
@Suite struct ShareTests {
  private static let everything = #"{"content": ["level", "streak", "week", "totals", "heatmap", "trend"]}"#

  private func read(_ id: String, _ picture: String, query: String = "", headers: [String: String] = [:]) throws
    -> Reply
  {
    try Fleet.call(.stats, Event("GET", "/shares/\(id)/\(picture)", query: query, headers: headers))
  }

  private func svg(_ reply: Reply) throws -> String {
    let text = try #require(reply.body.string)
    let data = try #require(Data(base64Encoded: text))
    return String(decoding: data, as: UTF8.self)
  }

  private func practised() throws -> Device {
    let device = try Device()
    _ = try device.sync(Practice.push(Practice.sessions(["a", "b", "c"], by: device)))
    return device
  }

  @Test(arguments: ["card.svg", "heatmap.svg", "trend.svg", "badge.svg"])
  func `whoever has the id sees the picture, for five minutes from a cache`(picture: String) throws {
    let device = try practised()
    let reply = try read(device.makeShare(ShareTests.everything).text("id"), picture)
    #expect(reply.status == 200 && reply.header("content-type") == "image/svg+xml; charset=utf-8")
    #expect(reply.header("cache-control") == "public, max-age=300, stale-while-revalidate=86400")
    #expect(try svg(reply).hasPrefix("<svg"))
    let tag = try #require(reply.header("etag"))
    let id = try device.call(.stats, "GET", "/shares").text("shares.0.id")
    #expect(try read(id, picture, headers: ["if-none-match": tag]).status == 304)
  }

  @Test(arguments: ["card.svg", "heatmap.svg", "trend.svg", "badge.svg", "shields.json"])
  func `any page may read what is shared, and one copy is for all`(picture: String) throws {
    let id = try practised().makeShare(ShareTests.everything).text("id")
    for share in [id, Device.newID()] {
      let reply = try read(share, picture, headers: ["origin": "https://blog.example"])
      #expect(reply.status == (share == id ? 200 : 404))
      #expect(reply.header("access-control-allow-origin") == "*")
      #expect(reply.header("vary") == nil)
    }
  }

  @Test func `a shared picture says nothing of account, device or name`() throws {
    let device = try practised()
    _ = try device.call(.auth, "PATCH", "/account", headers: Event.sendsJSON, body: #"{"alias": "Secret Sam"}"#)
    let id = try device.makeShare(ShareTests.everything).text("id")
    for picture in ["card.svg", "heatmap.svg", "trend.svg", "badge.svg", "shields.json"] {
      let reply = try read(id, picture)
      let text = picture.hasSuffix(".svg") ? try svg(reply) : reply.body.text
      for secret in [device.account, device.id, "Secret Sam", "laptop"] {
        #expect(!text.contains(secret) && !reply.line.contains(secret), "\(picture)")
      }
    }
  }

  @Test func `a name is shown only where it was given, as text`() throws {
    let device = try practised()
    let named = try device.makeShare(#"{"content": ["level"], "name": "<b>Ana & Bo</b>"}"#).text("id")
    let card = try svg(read(named, "card.svg"))
    #expect(card.contains("&lt;b&gt;Ana &amp; Bo&lt;/b&gt;") && !card.contains("<b>"))
  }

  @Test func `what was not chosen is not there, and not told apart from what never was`() throws {
    let device = try practised()
    let id = try device.makeShare(#"{"content": ["level"]}"#).text("id")
    let revoked = try device.makeShare(ShareTests.everything).text("id")
    #expect(try device.call(.stats, "DELETE", "/shares/\(revoked)").status == 204)
    let erased = try Device()
    let gone = try erased.makeShare(ShareTests.everything).text("id")
    try Superuser.erase(erased)
    let answers = try [id, revoked, gone, "AAAAAAAAAAAAAAAAAAAAAA", "x"].map { id -> String in
      let reply = try read(id, "heatmap.svg")
      return "\(reply.outcome) \(reply["detail"]?.string ?? "") \(reply.header("cache-control") ?? "")"
    }
    #expect(Set(answers) == ["404 share_not_found There is nothing shared here. no-store"])
    #expect(try read(id, "card.svg").status == 200)
    #expect(try read(id, "badge.svg", query: "show=streak").outcome == "404 share_not_found")
    #expect(try read(id, "shields.json")["message"]?.string?.hasPrefix("level 2") == true)
  }

  @Test func `a share goes with its account into the one that took it in`() throws {
    let (device, joining) = (try practised(), try practised())
    let id = try joining.makeShare(#"{"content": ["totals"]}"#).text("id")
    #expect(try read(id, "shields.json", query: "show=sessions")["message"] == "3 sessions")
    _ = try Fleet.call(
      .auth, Device.redemption(code: try device.pairingCode(), id: joining.id, secret: joining.secret))
    #expect(try read(id, "shields.json", query: "show=sessions")["message"] == "6 sessions")
  }

  @Test func `a share that came with a merge could be neither seen nor revoked`() throws {
    let (device, joining) = (try practised(), try practised())
    let ids = try (0..<2).map { _ in try joining.makeShare().text("id") }
    let merged = try Fleet.call(
      .auth, Device.redemption(code: try device.pairingCode(), id: joining.id, secret: joining.secret))
    let listed = try device.call(.stats, "GET", "/shares").items("shares").map { $0["id"]?.string }
    #expect(Set(listed) == Set(ids))
    #expect(try device.call(.stats, "DELETE", "/shares/\(ids[0])").status == 204)
    #expect(try read(ids[0], "card.svg").outcome == "404 share_not_found")

    let undone = try device.call(
      .auth, "POST", "/pairing/undo", headers: Event.sendsJSON,
      body: #"{"merge": "\#(merged.text("merge.merge"))"}"#)
    #expect(undone.status == 200, "\(undone.line)")
    #expect(try device.call(.stats, "GET", "/shares").items("shares").isEmpty)
    #expect(try read(ids[1], "shields.json", query: "show=sessions")["message"] == "3 sessions")
  }

  @Test func `an account has twenty shares at most`() throws {
    let device = try Device()
    for _ in 0..<20 { _ = try device.makeShare() }
    let reply = try device.call(.stats, "POST", "/shares", headers: Event.sendsJSON, body: ShareTests.everything)
    #expect(reply.outcome == "409 too_many_shares")
    #expect(try device.call(.stats, "GET", "/shares").items("shares").count == 20)
  }

  @Test func `a key may make shares when it was made for that`() throws {
    let device = try Device()
    let key = try device.makeKey("share").text("key")
    let headers = ["authorization": "Bearer \(key)", "content-type": "application/json"]
    let reply = try Fleet.call(.stats, Event("POST", "/shares", headers: headers, body: ShareTests.everything))
    #expect(reply.status == 201)
    #expect(try Fleet.call(.stats, Event("GET", "/summary", headers: headers)).outcome == "403 scope_missing")
  }

  @Test(arguments: [
    ("card.svg", "theme=pink"), ("card.svg", "width=10"), ("trend.svg", "range=31d"), ("badge.svg", "show=rank"),
  ])
  func `a picture that cannot be drawn so says what can`(picture: String, query: String) throws {
    let device = try practised()
    #expect(try device.call(.stats, "GET", "/\(picture)", query: query).outcome == "400 invalid_query")
    #expect(try read(device.makeShare().text("id"), picture, query: query).outcome == "400 invalid_query")
  }
}
