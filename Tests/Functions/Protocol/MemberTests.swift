import FunctionRuntime
import StrictJSON
import TestSupport
import Testing

/// Members that nobody asked for: whoever sends one to auth means something by it that would not happen, and is told. OAuth's
/// endpoints and sync ignore what they do not know.
@Suite struct MemberTests {
  /// Of auth, every route that reads an object of ours.
  private static let rows = Matrix.rows.filter { row in
    row.function == .auth && row.method != "GET"
      && !["POST /token", "POST /device", "POST /logout", "DELETE /devices"].contains(
        "\(row.method) \(row.pattern)")
      && !(row.method == "DELETE" && row.pattern.contains("{"))
  }

  @Test(arguments: rows) func `a member nobody reads is refused by its place, and nothing is done`(
    row: Matrix.Row
  ) throws {
    let device = try Device()
    let before = try device.state()
    var body = try #require(try JSON(parsing: row.body, limits: .request).object)
    body["isAdmin"] = true
    body["a/b~c"] = .null
    var event = device.event(
      row.method, row.pattern.replacing("{id}", with: device.id), headers: ["content-type": "application/json"],
      body: JSON.object(body).text)
    event.headers["x-forwarded-for"] = "network \(Device.newID())"
    let gitHub = [
      "BREATH_GITHUB_CLIENT_ID": "c", "BREATH_GITHUB_CLIENT_SECRET": "s",
      "BREATH_GITHUB_REDIRECT_URIS": "https://a.example",
    ]
    let reply = try Fleet.call(.auth, event, in: row.pattern.hasPrefix("/github") ? gitHub : [:])
    #expect(reply.outcome == "422 invalid_content", "\(reply.line)")
    #expect(reply.header("content-type") == "application/problem+json")
    #expect(reply.body["errors"]?.array?.compactMap { $0["pointer"]?.string } == ["/isAdmin", "/a~1b~0c"])
    #expect(reply.body["errors"]?.array?.allSatisfy { $0["code"] == "unknown_member" } == true)
    #expect(try device.state() == before)
  }

  @Test func `a member of a member is refused with the others, and the device is not let in`() throws {
    let (id, secret) = (Device.newID(), Device.newSecret())
    var event = Device.enrolment(id: id, secret: secret)
    event.body = event.body.replacing(#""timeZone":"UTC""#, with: #""timeZone":"UTC","zone":1"#)
    event.body = event.body.replacing(#"{"device":"#, with: #"{"account":null,"device/id":1,"device":"#)
    let reply = try Fleet.call(.auth, event)
    #expect(
      try reply.items("errors").compactMap { $0["pointer"]?.string } == ["/account", "/device~1id", "/device/zone"])
    #expect(try Fleet.call(.auth, Device.enrolment(id: id, secret: Device.newSecret())).status == 201, "still unknown")
  }

  @Test func `what OAuth does not define is ignored by its endpoints, form or JSON`() throws {
    let device = try Device()
    var refresh = Device.refresh(device.refreshToken)
    refresh.body = refresh.body.replacing("{", with: #"{"audience":"x","nested":{"a":1},"#)
    #expect(try Fleet.call(.auth, refresh).status == 200)
    let form = ["content-type": "application/x-www-form-urlencoded"]
    let grant = try Fleet.call(
      .auth, Event("POST", "/device", headers: form, body: "client_id=vscode&scope=all&something=else"))
    #expect(grant.status == 200)
    let json = try Fleet.call(.auth, Event("POST", "/device", json: ["client_id": "vscode", "something": ["else"]]))
    #expect(json.status == 200)
  }

  @Test func `a machine of a later version syncs, whatever more it sends`() throws {
    let device = try Device()
    var session = try #require(Practice.session("a").object)
    session["mood"] = "calm"
    let reply = try device.sync([
      "detail": "sessions", "mood": "calm", "device": ["colour": "blue"],
      "push": ["sessions": [.object(session)], "moods": [["a": 1]]],
    ])
    #expect(reply["accepted.stored"] == 1)
  }
}
