internal import BreathDomain
internal import FoundationEssentials
internal import StrictJSON

/// Requests as they travel: as the platform's event, and as HTTP.
enum Wire {
  /// One line for a function's standard input.
  static func event(
    _ method: String, _ path: String, _ body: String, token: String?, query: String = "", etag: String? = nil
  ) -> [UInt8] {
    var headers: JSON = [
      "host": "127.0.0.1:8787", "user-agent": "breath-bench", "x-forwarded-for": "127.0.0.1",
      "content-type": "application/json", "content-length": .string("\(body.utf8.count)"),
    ]
    if let token { headers.set("authorization", "Bearer \(token)") }
    if let etag { headers.set("if-none-match", etag) }
    let http: JSON = [
      "method": .string(method), "path": .string(path), "queryString": .string(query), "headers": headers,
      "body": .string(body), "isBase64Encoded": false,
    ]
    let deadlineMs = Int64(Date.now.timeIntervalSince1970 * 1000) + 3_600_000
    let event: JSON = [
      "value": ["http": http], "activation_id": "0123456789abcdef0123456789abcdef",
      "deadline": .string("\(deadlineMs)"),
    ]
    return event.encoded + [UInt8(ascii: "\n")]
  }

  /// What goes around a body.
  enum Form { case event, http, body }

  /// `POST /v1/sync`.
  static func sync(_ body: String, of device: Device, as form: Form) -> [UInt8] {
    switch form {
    case .event: event("POST", "", body, token: device.token)
    case .http: http("POST", "/v1/sync", body, token: device.token)
    case .body: Array(body.utf8)
    }
  }

  /// Any request of the gateway.
  static func http(_ method: String, _ path: String, _ body: String, token: String?) -> [UInt8] {
    let head =
      ["\(method) \(path) HTTP/1.1", "Host: 127.0.0.1", "User-Agent: breath-bench"]
      + (token.map { ["Authorization: Bearer \($0)"] } ?? [])
      + ["Content-Type: application/json", "Content-Length: \(body.utf8.count)", "", ""]
    return Array((head.joined(separator: "\r\n") + body).utf8)
  }
}

extension JSON {
  fileprivate mutating func set(_ key: String, _ value: String) {
    var members = object ?? JSONObject()
    members[key] = .string(value)
    self = .object(members)
  }
}

/// The body of a push, with marks where a `RequestTemplate` writes.
enum Body {
  static let idMark = "bench-"
  static let dateMark = "9999-12-31"
  static let cursorMark = String(repeating: "c", count: 34)

  /// - Parameter hasCursor: whether the device says how far it has pulled, as one that synced before does.
  static func push(_ count: Int, hasCursor: Bool = true, limit: Int = 500) -> String {
    let session = """
      {"id":"\(idMark)000000000000","startedAt":"\(dateMark)T14:02:11.345Z","endedAt":"\(dateMark)T14:07:11.345Z",\
      "activeMs":300000,"cycles":21,"goalMinutes":5,"goalBonusXP":3,"finalXP":24}
      """
    let sessions = Array(repeating: session, count: count).joined(separator: ",")
    let cursor = hasCursor ? "\"\(cursorMark)\"" : "null"
    return "{\"cursor\":\(cursor),\"push\":{\"sessions\":[\(sessions)]},\"limit\":\(limit)}"
  }

  /// From the beginning: the first `limit` rows of other devices.
  static func pull(limit: Int) -> String { "{\"cursor\":null,\"limit\":\(limit)}" }
}
