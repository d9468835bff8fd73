import Foundation
import FunctionRuntime
import Postgres
import StrictJSON
import TestSupport
import Testing

/// What status bars and clients that others wrote for WakaTime send, as they send it.
@Suite struct WakaTimeClientTests {
  private static let root = "/wakatime/users/current/"
  private let device: Device
  init() throws {
    device = try Device(timeZone: "America/Costa_Rica")
    _ = try device.sync(Practice.push(Practice.sessions(["a"])))
  }

  private func get(_ path: String, query: String = "", authorization: String) throws -> Reply {
    try Fleet.call(
      .stats,
      Event("GET", WakaTimeClientTests.root + path, query: query, headers: ["authorization": authorization]))
  }

  private func key() throws -> String { try device.makeKey("stats:read").text("key") }
  private func wakaTimeKey() throws -> String { try device.makeKey("stats:read", spelling: "wakatime").text("key") }

  /// What a line of a shell script prints, with the key in `$KEY`.
  private func shell(_ script: String, key: String) throws -> String {
    let bash = try Command("/bin/bash", ["-c", script], environment: ["KEY": key, "PATH": "/usr/bin:/bin"])
    try #require(bash.status == 0)
    return bash.output.trimmingCharacters(in: .newlines)  // as $(…) does
  }

  static let encodings = [
    "printf %s \"$KEY\" | base64 -w0", "echo -n $KEY | base64", "echo \"$KEY\" | base64 -w0", "echo \"$KEY\" | base64",
    "echo \"$KEY:\" | base64", "printf '%s:' \"$KEY\" | base64", "printf '%s\\n:' \"$KEY\" | base64",
    "printf ' %s \\r\\n' \"$KEY\" | base64 -w0", "printf %s \"$KEY\" | base64 | tr -d '='",
    "printf '%s:' \"$KEY\" | base64 | tr -d '='", "printf %s \"$KEY\" | base64 | tr '+/' '-_'",
    "base64 <<< \"$KEY\"", "printf %s \"$KEY\" | openssl base64 -A", "echo \"$KEY\" | base64 -w 20 | tr '\\n' ' '",
  ]

  @Test(arguments: encodings) func `a key is taken as scripts encode it`(script: String) throws {
    for key in [try key(), try wakaTimeKey()] {
      let encoded = try shell(script, key: key)
      #expect(!encoded.contains("\n"), "a header has one line")
      let reply = try get("status_bar/today", authorization: "Basic \(encoded)")
      #expect(reply.status == 200, "\(encoded): \(reply.line)")
    }
  }

  @Test(arguments: ["status_bar/today", "statusbar/today"])
  func `a status bar may ask by either name`(path: String) throws {
    let reply = try get(path, authorization: "Bearer \(try key())")
    #expect(reply.status == 200 && reply["data.grand_total.text"] == "0 secs", "\(reply.line)")
  }

  @Test func `days may be named today and yesterday`() throws {
    let today = try device.stats("summary").text("asOf")
    let day = try Day(today)
    let authorization = "Bearer \(try key())"
    func dates(_ query: String) throws -> [String] {
      let reply = try get("summaries", query: query, authorization: authorization)
      #expect(reply.status == 200, "\(query): \(reply.line)")
      return try reply.items("data").compactMap { $0.at("range.date")?.string }
    }
    let (yesterday, before) = (day.advanced(by: -1).text, day.advanced(by: -2).text)
    let found = try [
      dates("start=today&end=today"), dates("start=yesterday&end=today"), dates("start=Yesterday&end=yesterday"),
      dates("start=\(before)&end=today"), dates("start=\(before)&end=yesterday"), dates("start=\(today)&end=TODAY"),
      dates("start=today&end=\(today)"), dates("start=yesterday&end=\(day.advanced(by: 1).text)"),
    ]
    guard try device.stats("summary").text("asOf") == today else { return }  // midnight passed meanwhile
    #expect(
      found == [
        [today], [yesterday, today], [yesterday], [before, yesterday, today], [before, yesterday], [today], [today],
        [yesterday, today, day.advanced(by: 1).text],
      ])
    let longest = try get(
      "summaries", query: "start=\(day.advanced(by: -365).text)&end=today", authorization: authorization)
    #expect(try longest.items("data").count == 366)
    #expect(longest["data.0.range.start"]?.string != nil && longest["data.365.range.end"]?.string != nil)
    #expect(longest["end"]?.string != nil)
  }

  @Test(arguments: ["Today", "last 7 days", "Last%20Month", "nothing%20known", ""])
  func `two days count, whatever range stands beside them`(range: String) throws {
    let reply = try get(
      "summaries", query: "start=2025-08-26&end=2025-08-28&range=\(range)", authorization: "Bearer \(try key())")
    #expect(try reply.items("data").map { $0.at("range.date") } == ["2025-08-26", "2025-08-27", "2025-08-28"])
  }

  @Test func `one day beside a range leaves the range to count`() throws {
    for query in ["start=2025-08-26&range=Today", "start=&end=&range=Today", "end=2025-08-26&range=today"] {
      let reply = try get("summaries", query: query, authorization: "Bearer \(try key())")
      #expect(try reply.items("data").count == 1, "\(query): \(reply.line)")
    }
  }
}

/// Keys in WakaTime's spelling, which clients check before they send anything.
@Suite struct WakaTimeKeyTests {
  private let device: Device
  init() throws {
    device = try Device()
    _ = try device.sync(Practice.push(Practice.sessions(["a"])))
  }

  private func make() throws -> (id: String, key: String) {
    let reply = try device.makeKey("stats:read", spelling: "wakatime")
    return (try reply.text("id"), try reply.text("key"))
  }

  private func call(_ function: FunctionName, _ method: String, _ path: String, _ key: String, body: String = "")
    throws -> Reply
  {
    try Fleet.call(
      function,
      Event(
        method, path, headers: ["authorization": "Bearer \(key)", "content-type": "application/json"], body: body))
  }

  @Test func `it has the form that WakaTime's clients want, and reads the account's numbers`() throws {
    let key = try make().key
    let form = /^(waka_)?[0-9A-F]{8}-[0-9A-F]{4}-4[0-9A-F]{3}-[89AB][0-9A-F]{3}-[0-9A-F]{12}$/.ignoresCase()
    #expect(key.wholeMatch(of: form) != nil && key.hasPrefix("waka_"))
    let all = try call(.stats, "GET", "/wakatime/users/current/all_time_since_today", key)
    #expect(all["data.total_seconds"] == 300, "\(all.line)")
    let summary = try call(.stats, "GET", "/summary", key)
    #expect(summary["progress.sessions"] == 1)
    #expect(try call(.stats, "GET", "/card.svg", key).status == 200)
    let tag = try #require(summary.header("etag"))
    let again = try Fleet.call(
      .stats, Event("GET", "/summary", headers: ["authorization": "Bearer \(key)", "if-none-match": tag]))
    #expect(again.status == 304)
    #expect(try device.call(.stats, "GET", "/summary", headers: ["if-none-match": tag]).status == 200)
  }

  @Test func `it may be written without waka_, and in capitals`() throws {
    let key = try make().key
    for spelling in [String(key.dropFirst(5)), key.uppercased(), String(key.dropFirst(5)).uppercased()] {
      #expect(try call(.stats, "GET", "/wakatime/users/current/statusbar/today", spelling).status == 200, "\(spelling)")
    }
  }

  @Test func `it can do nothing else`() throws {
    let key = try make().key
    for (method, path) in [("POST", ""), ("GET", "/export"), ("GET", "/ledger"), ("GET", "/digest")] {
      let reply = try call(.sync, method, path, key, body: method == "POST" ? "{}" : "")
      #expect(reply.outcome == "403 scope_missing", "\(path)")
    }
    #expect(try call(.stats, "PATCH", "/goals", key, body: #"{"weeklyDays":5}"#).outcome == "403 scope_missing")
    #expect(try call(.stats, "GET", "/shares", key).outcome == "403 scope_missing")
    #expect(try call(.auth, "GET", "/keys", key).outcome == "403 not_for_keys")
    #expect(try call(.sync, "PUT", "/detail", key, body: #"{"detail":"days"}"#).outcome == "403 not_for_keys")
  }

  @Test func `wrong, expired, revoked and foreign ones look alike`() throws {
    let (id, key) = try make()
    let expired = try make()
    let (account, expiredID) = (try device.accountID, UUID(uuidString: expired.id))
    _ = try Superuser.rows(
      "UPDATE breath.api_keys SET expires_at = now() WHERE account_id = \(account) AND device_id = \(expiredID)")
    #expect(try call(.stats, "GET", "/summary", key).status == 200)
    #expect(try device.call(.auth, "DELETE", "/keys/\(id)").status == 204)
    let none = "waka_\(Device.newID())"
    for refused in [
      key, expired.key, none, "waka_", "waka_x", "waka_\(UUID())x", "waka_00000000-0000-1000-8000-000000000000",
    ] {
      #expect(try call(.stats, "GET", "/summary", refused).outcome == "401 invalid_key", "\(refused)")
    }
    #expect(
      try call(.stats, "GET", "/summary", "00000000-0000-1000-8000-000000000000").outcome == "401 invalid_token")
  }

  @Test func `only its hash is kept`() throws {
    let (id, key) = try make()
    _ = try call(.stats, "GET", "/summary", key)
    let account = try device.accountID
    let text = try Superuser.text(
      "SELECT string_agg(k::text, ' ') AS value FROM breath.api_keys k WHERE account_id = \(account)")
    #expect(!text.contains(key.dropFirst(5)) && text.contains(id))
    let listed = try device.call(.auth, "GET", "/keys").items("keys")
    #expect(listed.count == 1 && listed[0]["scopes"] == ["stats:read"] && listed[0]["lastUsedOn"]?.string != nil)
    #expect(!"\(listed)".contains(key.dropFirst(5)))
  }

  /// It names no account, so it finds the one that its account has become part of.
  @Test func `it goes on when its account is merged into another`() throws {
    let key = try make().key
    let target = try Device()
    _ = try target.sync(Practice.push(Practice.sessions(["b", "c"], by: target)))
    let merged = try Fleet.call(
      .auth, Device.redemption(code: target.pairingCode(), id: device.id, secret: device.secret))
    #expect(merged.status == 201)
    #expect(try call(.stats, "GET", "/summary", key)["progress.sessions"] == 3)
  }

  @Test func `an erased account takes it along`() throws {
    let key = try make().key
    try Superuser.erase(device)
    #expect(try call(.stats, "GET", "/summary", key).outcome == "410 account_gone")
  }

  @Test func `in the address it is no credential`() throws {
    let key = try make().key
    let reply = try Fleet.call(
      .stats, Event("GET", "/wakatime/users/current/status_bar/today", query: "api_key=\(key)"))
    #expect(reply.outcome == "401 unauthenticated" && !reply.line.contains(key))
  }
}
