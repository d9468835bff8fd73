import Foundation
import StrictJSON
import TestSupport
import Testing

/// A request of the raw mode, in the platform's envelope.
struct Call: Sendable {
  var method: String
  var path: String
  var query = ""
  var headers: [String: String] = [:]
  var body = ""
  var isBase64Encoded = false
  /// What the answer must be marked with.
  let id = Call.hex()

  init(_ method: String, _ path: String, query: String = "", token: String? = nil, json: JSON? = nil) {
    (self.method, self.path, self.query) = (method, path, query)
    if let token { headers["authorization"] = "Bearer \(token)" }
    if let json {
      headers["content-type"] = "application/json"
      body = json.text
    }
  }

  var event: JSON {
    RawMode.event(method, path, query: query, headers: headers, body: body, isBase64Encoded: isBase64Encoded)
  }

  var line: String { Call.envelope(event, id: id) }

  static func envelope(_ value: JSON, id: String) -> String {
    let deadlineMs = Int64((Date().timeIntervalSince1970 + 25) * 1000)
    let line: JSON = [
      "value": value, "activation_id": .string(id), "action_name": "/fn-test/v1/function", "action_version": "0.0.1",
      "namespace": "fn-test", "transaction_id": "t", "api_host": "https://api.example",
      "deadline": .string(String(deadlineMs)),
    ]
    return line.text
  }

  /// 128 bits.
  static func hex() -> String { UUID().uuidString.replacing("-", with: "").lowercased() }
}

/// An answer that the platform passes on as HTTP: an object, never with `error` on top.
struct Answer: Sendable {
  let line: String
  let json: JSON

  init(_ line: String) throws {
    self.line = line
    json = try JSON(parsing: line, limits: .trusted)
    #expect(json.object != nil && json["error"] == nil, "\(line.prefix(200))")
    #expect(line.utf8.count < 1 << 20)
  }

  var status: Int64? { json["statusCode"]?.integer }
  var body: JSON { json["body"] ?? .null }
  func text(_ name: String) throws -> String { try #require(body[name]?.string, "\(name) in \(line.prefix(400))") }

  func header(_ name: String) -> String? { RawMode.header(name, of: json) }

  /// The status, and the code of a problem.
  var outcome: String { "\(status ?? 0)" + (body["code"]?.string.map { " \($0)" } ?? "") }
}

extension String {
  var base64: String { Data(utf8).base64EncodedString() }
}
