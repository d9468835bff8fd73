import FunctionRuntime
import Postgres
import StrictJSON
import TestSupport
import Testing

/// `POST /v1/auth/token`: rotation, one generation of grace, and what a stolen copy brings about.
@Suite struct RefreshTests {
  private func refresh(_ token: String) throws -> Reply { try Fleet.call(.auth, Device.refresh(token)) }

  /// As if the last turn were longer ago than a turn lasts.
  private func letAMinutePass(_ device: Device) throws {
    let id = try device.accountID
    _ = try Superuser.rows(
      "UPDATE breath.refresh_sessions SET rotated_at = rotated_at - interval '61 seconds' WHERE account_id = \(id)")
  }

  @Test func `each turn gives a new refresh token and an access token that works`() throws {
    let device = try Device()
    var token = device.refreshToken
    for _ in 0..<5 {
      try letAMinutePass(device)
      let reply = try refresh(token)
      #expect(
        reply.status == 200 && reply.header("pragma") == "no-cache" && reply.header("cache-control") == "no-store")
      let next = try reply.text("refreshToken")
      #expect(next != token)
      #expect(reply["account"] == .string(device.account) && reply["device"] == .string(device.id))
      let refreshed = try Device(id: device.id, secret: device.secret, reply)
      #expect(try refreshed.sync([:])["progress.sessions"] == 0)
      token = next
    }
  }

  @Test func `within a minute every window gets the same token, whichever of the two it shows`() throws {
    let device = try Device()
    try letAMinutePass(device)
    let first = try refresh(device.refreshToken).text("refreshToken")
    for shown in [first, device.refreshToken, first, first, device.refreshToken] {
      #expect(try refresh(shown).text("refreshToken") == first)
    }
    try letAMinutePass(device)
    #expect(try refresh(first).text("refreshToken") != first)
  }

  @Test func `one generation back is an honest client and gets the same successor`() throws {
    let device = try Device()
    try letAMinutePass(device)
    let first = try refresh(device.refreshToken)
    for _ in 0..<3 {
      let again = try refresh(device.refreshToken)
      #expect(again.status == 200 && again["refreshToken"] == first["refreshToken"])
    }
    #expect(try refresh(first.text("refreshToken")).status == 200)
  }

  @Test func `windows that refresh at once all go on with the same token`() throws {
    let device = try Device()
    try letAMinutePass(device)
    let processes = try (0..<4).map { _ in try Executable(.auth) }
    for process in processes { for _ in 0..<3 { try process.send(Device.refresh(device.refreshToken).line) } }
    let replies = try processes.flatMap { process in try (0..<3).map { _ in try process.reply() } }
    #expect(replies.allSatisfy { $0.status == 200 })
    let successors = try Set(replies.map { try $0.text("refreshToken") })
    #expect(successors.count == 1)
    #expect(try refresh(#require(successors.first)).status == 200)
  }

  @Test func `two generations back signs the device out at once, and its secret lets it in again`() throws {
    let device = try Device()
    let other = try device.paired()
    try letAMinutePass(device)
    let second = try refresh(device.refreshToken)
    try letAMinutePass(device)
    let third = try refresh(second.text("refreshToken"))
    #expect(third.status == 200)

    let reuse = try refresh(device.refreshToken)
    #expect(reuse.outcome == "400 invalid_grant" && reuse.body["code"] == nil)
    for access in [device.accessToken, try second.text("accessToken"), try third.text("accessToken")] {
      let reply = try Fleet.call(.sync, Event("POST", "", token: access, json: [:]))
      #expect(reply.outcome == "401 device_revoked" && reply.header("www-authenticate") != nil)
      #expect(
        try Fleet.call(.stats, Event("GET", "/summary", headers: ["authorization": "Bearer \(access)"])).status == 401)
    }
    #expect(try refresh(third.text("refreshToken")).outcome == "400 invalid_grant")

    #expect(try other.sync([:]).status == 200, "the account's other device stays signed in")
    let entries = try other.call(.sync, "GET", "/ledger").items("pushes").filter {
      $0["items"]?.array?.first?["kind"] == "signed_out"
    }
    #expect(entries.map { $0["device"] } == [.string(device.id)], "and can see what happened")
    let back = try Fleet.call(.auth, Device.enrolment(id: device.id, secret: device.secret))
    #expect(back.status == 200 && back["account"] == .string(device.account))
    let again = try Device(id: device.id, secret: device.secret, back)
    #expect(try again.sync([:]).status == 200)
    #expect(try refresh(again.refreshToken).status == 200)
  }

  @Test func `signing in anew does not end the session of another window`() throws {
    let device = try Device()
    _ = try Fleet.call(.auth, Device.enrolment(id: device.id, secret: device.secret))
    #expect(try refresh(device.refreshToken).status == 200)
  }

  @Test func `a session ends when it has rested for a month`() throws {
    let device = try Device()
    let id = try device.accountID
    _ = try Superuser.rows(
      "UPDATE breath.refresh_sessions SET rotated_at = now() - interval '31 days' WHERE account_id = \(id)")
    #expect(try refresh(device.refreshToken).outcome == "400 invalid_grant")
    #expect(try device.sync([:]).status == 200, "its access token lives out its quarter of an hour")
  }

  @Test func `a form is answered as JSON is, with RFC 6749's names and ours`() throws {
    let device = try Device()
    let reply = try Fleet.call(
      .auth,
      Event(
        "POST", "/token", headers: ["Content-Type": "application/x-www-form-urlencoded; charset=utf-8"],
        body: "grant_type=refresh_token&refresh_token=\(device.refreshToken)"))
    #expect(reply.status == 200)
    for (theirs, ours) in [
      ("access_token", "accessToken"), ("token_type", "tokenType"), ("expires_in", "expiresIn"),
      ("refresh_token", "refreshToken"),
    ] { #expect(reply[theirs] != nil && reply[theirs] == reply[ours]) }
  }

  @Test(
    arguments: [
      ([:], "invalid_request"), (["grant_type": "refresh_token"], "invalid_request"),
      (["grant_type": "password", "refresh_token": "x"], "unsupported_grant_type"),
      (["grant_type": "refresh_token", "refresh_token": "x"], "invalid_grant"),
      (["grant_type": "refresh_token", "refresh_token": "bm_r_AAAA"], "invalid_grant"),
      (["grant_type": "refresh_token", "refresh_token": 7], "invalid_request"),
    ] as [(JSON, String)])
  func `a wrong request has RFC 6749's error`(body: JSON, error: String) throws {
    let reply = try Fleet.call(.auth, Event("POST", "/token", json: body))
    #expect(reply.outcome == "400 \(error)" && reply["error_description"] != nil)
  }

  @Test func `a token with any character changed is refused`() throws {
    let device = try Device()
    let token = Array(device.refreshToken)
    for index in stride(from: 5, to: token.count, by: 3) {
      var changed = token
      changed[index] = changed[index] == "A" ? "B" : "A"
      #expect(try refresh(String(changed)).outcome == "400 invalid_grant")
    }
    #expect(try refresh(device.refreshToken).status == 200)
  }
}
