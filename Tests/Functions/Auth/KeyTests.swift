import Crypto
import Foundation
import FunctionRuntime
import Postgres
import StrictJSON
import TestSupport
import Testing

/// `/v1/auth/keys`: API keys, what they open, and what they do not.
@Suite struct KeyTests {
  private let device: Device
  init() throws { device = try Device(timeZone: "Asia/Tokyo") }

  private func make(_ scopes: [String], days: Int64? = nil) throws -> (id: String, key: String) {
    var body = JSONObject([("name", "script"), ("scopes", .array(scopes.map { .string($0) }))])
    body["days"] = days.map { .integer($0) }
    let reply = try device.call(
      .auth, "POST", "/keys", headers: ["content-type": "application/json"], body: JSON.object(body).text)
    try #require(reply.status == 201, "\(reply.line)")
    return (try reply.text("id"), try reply.text("key"))
  }

  private func call(_ function: FunctionName, _ method: String, _ path: String, key: String, body: String = "") throws
    -> Reply
  {
    let headers = ["authorization": "Bearer \(key)", "content-type": "application/json"]
    return try Fleet.call(function, Event(method, path, headers: headers, body: body))
  }

  @Test func `a key reads what its scope says and nothing else`() throws {
    _ = try device.sync(Practice.push(Practice.sessions(["a", "b"])))
    let (_, key) = try make(["stats:read"])
    let summary = try call(.stats, "GET", "/summary", key: key)
    #expect(summary.status == 200 && summary["progress.sessions"] == 2)
    #expect(summary["today"] == (try device.stats("summary"))["today"], "its day is its maker's")
    for (method, path) in [("POST", ""), ("GET", "/export"), ("GET", "/digest"), ("GET", "/ledger")] {
      let reply = try call(.sync, method, path, key: key, body: method == "POST" ? "{}" : "")
      #expect(reply.outcome == "403 scope_missing")
      #expect(try reply.text("detail").contains("sync"))
    }
  }

  /// The day there and the zone it is said to be in.
  private func today(_ key: String? = nil, query: String = "range=Today") throws -> [String?] {
    let path = "/wakatime/users/current/summaries"
    let reply =
      try key.map {
        try Fleet.call(.stats, Event("GET", path, query: query, headers: ["authorization": "Bearer \($0)"]))
      }
      ?? device.stats("wakatime/users/current/summaries", query: query)
    return [
      reply["data.0.range.timezone"]?.string, reply["data.0.range.date"]?.string, reply["data.0.range.start"]?.string,
    ]
  }

  @Test func `a key is where its person is`() throws {
    let (_, key) = try make(["stats:read", "sync"])
    let (bar, days) = (key, ["Pacific/Kiritimati", "Pacific/Pago_Pago", "+05:30"])
    for zone in days {
      _ = try device.sync(["device": ["timeZone": .string(zone)]])
      #expect(try today(bar) == today() && today(bar)[0] == zone)
    }
    _ = try device.call(.auth, "PATCH", "/account", json: ["timeZone": "Europe/Berlin"])
    #expect(try today(bar)[0] == "Europe/Berlin" && today()[0] == "+05:30")
    // What a key says of a zone is left aside, and what it pushes has the dates of where its person is.
    let late = Practice.session("late", at: "2026-03-03T23:30:00Z", to: "2026-03-03T23:35:00Z")
    let push = Practice.push([late], ["device": ["timeZone": "Pacific/Pago_Pago"]])
    let reply = try call(.sync, "POST", "", key: key, body: push.text)
    #expect(reply["accepted.stored"] == 1 && reply["notices.0.code"] == "zone_of_key")
    #expect(try device.sync([:])["changes.sessions.0.localDate"] == "2026-03-04")
    #expect(try today(bar)[0] == "Europe/Berlin")
    // It says so once: no call after it writes anything.
    let version = try device.state()
    _ = try call(.sync, "POST", "", key: key, body: "{}")
    #expect(try device.state() == version)
  }

  @Test func `one answer can be for another zone`() throws {
    let (_, key) = try make(["stats:read"])
    #expect(try today(key, query: "range=Today&timezone=Pacific/Kiritimati")[0] == "Pacific/Kiritimati")
    #expect(try today(key, query: "range=Today&timezone=US/Pacific")[0] == "America/Los_Angeles")
    for nonsense in ["Etc/Unknown", "", "FOO3"] {
      #expect(try today(key, query: "range=Today&timezone=\(nonsense)")[0] == "Asia/Tokyo", "\(nonsense)")
    }
  }

  @Test func `a key pushes as a device of its own`() throws {
    let (id, key) = try make(["sync"])
    let body = Practice.push(Practice.sessions(["from a script"])).text
    let reply = try call(.sync, "POST", "", key: key, body: body)
    #expect(reply.status == 200 && reply["accepted.stored"] == 1)
    let pulled = try device.sync([:])
    #expect(try pulled.items("changes.sessions").map { $0["device"] } == [.string(id)])
    #expect(try call(.stats, "GET", "/summary", key: key).outcome == "403 scope_missing")
  }

  @Test func `a key cannot do what only a device may`() throws {
    let (_, key) = try make(["sync", "stats:read", "share"])
    for (method, path) in [("POST", "/keys"), ("GET", "/keys"), ("DELETE", "/keys/x"), ("POST", "/pairing")] {
      #expect(try call(.auth, method, path, key: key, body: "{}").outcome == "403 not_for_keys", "\(path)")
    }
    #expect(try call(.sync, "PUT", "/detail", key: key, body: #"{"detail":"days"}"#).outcome == "403 not_for_keys")
  }

  @Test func `revoked, expired, altered and foreign keys look alike`() throws {
    let (id, key) = try make(["stats:read"])
    let expiring = try make(["stats:read"], days: 1)
    let expiringID = UUID(uuidString: expiring.id)
    let account = try device.accountID
    #expect(try call(.stats, "GET", "/summary", key: key).status == 200)
    #expect(try device.call(.auth, "DELETE", "/keys/\(id)").status == 204)
    _ = try Superuser.rows(
      """
      UPDATE breath.api_keys SET expires_at = now() WHERE account_id = \(account) AND device_id = \(expiringID)
      """)
    let forged = try forge(expiring.key, account: Device().account)
    for refused in [key, expiring.key, forged, key.dropLast() + "x", "bm_live_", "bm_live_AAAA"].map({ "\($0)" }) {
      let reply = try call(.stats, "GET", "/summary", key: refused)
      #expect(reply.outcome == "401 invalid_key" && reply.header("www-authenticate") != nil)
    }
    #expect(try device.call(.auth, "DELETE", "/keys/\(id)").outcome == "404 key_not_found")
    #expect(try Device().call(.auth, "DELETE", "/keys/\(expiring.id)").outcome == "404 key_not_found")
  }

  /// Another account's id in a key whose checksum is right.
  private func forge(_ key: String, account: String) throws -> String {
    var body = Array(try Base64URL.bytes(String(key.dropFirst("bm_live_".count))).dropLast(4))
    let other = try KeyTests.bytes(of: account)
    #expect(Array(body[0..<16]) != other)
    body.replaceSubrange(0..<16, with: other)
    return "bm_live_" + Base64URL.text(body + SHA256.hash(data: body).prefix(4))
  }

  private static func bytes(of uuid: String) throws -> [UInt8] {
    let digits = try #require(UUID(uuidString: uuid)).uuidString.replacing("-", with: "")
    return stride(from: 0, to: 32, by: 2).map { at in
      let start = digits.index(digits.startIndex, offsetBy: at)
      return UInt8(digits[start..<digits.index(start, offsetBy: 2)], radix: 16)!
    }
  }

  @Test func `keys of the older, longer form are good until they expire`() throws {
    let id = Device.newID()
    let secret = (0..<20).map { _ in UInt8.random(in: .min ... .max) }
    let body = try [1] + KeyTests.bytes(of: device.account) + KeyTests.bytes(of: id) + secret
    let key = "bm_live_" + Base64URL.text(body + SHA256.hash(data: body).prefix(4))
    let (account, hash, uuid) = (try device.accountID, Array(SHA256.hash(data: Array(key.utf8))), UUID(uuidString: id))
    _ = try Superuser.rows(
      """
      SELECT breath.make_api_key(\(account), \(UUID(uuidString: device.id)), \(uuid), \(hash), 'old',
        ARRAY['stats:read'], now() + interval '1 day')
      """)
    #expect(try call(.stats, "GET", "/summary", key: key).status == 200)
    #expect(try call(.sync, "GET", "/digest", key: key).outcome == "403 scope_missing")
  }

  @Test func `a key and what scripts add to it are one line of base64`() throws {
    let key = try make(["stats:read"]).key
    #expect(key.utf8.count <= 56 && Data("\(key):\n".utf8).base64EncodedString().utf8.count <= 76)
  }

  @Test func `keys are listed without what they are, and only their hashes are kept`() throws {
    let (id, key) = try make(["stats:read", "sync", "sync"], days: 7)
    _ = try call(.stats, "GET", "/summary", key: key)
    let listed = try device.call(.auth, "GET", "/keys").items("keys")
    #expect(listed.count == 1 && listed[0]["id"] == .string(id) && listed[0]["name"] == "script")
    #expect(listed[0]["scopes"] == ["sync", "stats:read"] && listed[0]["lastUsedOn"]?.string != nil)
    #expect(!"\(listed)".contains(key))
    let account = try device.accountID
    let row = try Superuser.rows("SELECT k::text AS value FROM breath.api_keys k WHERE account_id = \(account)")[0]
    let text: String = try row["value"]
    let secret = key.dropFirst("bm_live_".count).suffix(32)
    #expect(!text.contains(secret))
  }

  @Test func `a twenty-first key is refused until one is revoked`() throws {
    let ids = try (0..<20).map { _ in try make(["stats:read"]).id }
    let body = #"{"name":"one more","scopes":["share"]}"#
    let headers = ["content-type": "application/json"]
    #expect(
      try device.call(.auth, "POST", "/keys", headers: headers, body: body).outcome == "409 too_many_keys")
    _ = try device.call(.auth, "DELETE", "/keys/\(ids[0])")
    #expect(try device.call(.auth, "POST", "/keys", headers: headers, body: body).status == 201)
  }

  @Test(arguments: [
    #"{"scopes":["sync"]}"#, #"{"name":"x"}"#, #"{"name":"x","scopes":[]}"#, #"{"name":"x","scopes":["admin"]}"#,
    #"{"name":"x","scopes":["sync"],"days":731}"#, #"{"name":"","scopes":["sync"]}"#,
    #"{"name":"x","scopes":["sync"],"spelling":"wakatime"}"#, #"{"name":"x","spelling":"wakatime"}"#,
    #"{"name":"x","scopes":["stats:read","share"],"spelling":"wakatime"}"#,
    #"{"name":"x","scopes":["stats:read"],"spelling":"wakapi"}"#,
  ])
  func `a wrong wish is explained`(body: String) throws {
    let reply = try device.call(
      .auth, "POST", "/keys", headers: ["content-type": "application/json"], body: body)
    let errors = try reply.items("errors")
    #expect(reply.outcome == "422 invalid_content" && errors.count == 1)
  }
}
