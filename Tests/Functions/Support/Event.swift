import StrictJSON
import TestSupport
import Testing

/// An HTTP request as the platform's raw mode hands it to a function.
struct Event: Sendable {
  var method: String
  var path: String
  var query = ""
  var headers: [String: String] = [:]
  var body = ""

  init(_ method: String, _ path: String, query: String = "", headers: [String: String] = [:], body: String = "") {
    self.method = method
    self.path = path
    self.query = query
    self.headers = headers
    self.body = body
  }

  init(_ method: String, _ path: String, query: String = "", token: String? = nil, json: JSON) {
    self.init(method, path, query: query, headers: ["content-type": "application/json"], body: json.text)
    if let token { headers["authorization"] = "Bearer \(token)" }
  }

  var json: JSON { RawMode.event(method, path, query: query, headers: headers, body: body) }

  var line: String { json.text + "\n" }
}

/// What a function answered. Whatever the test is about, an answer never shows how we store things.
struct Reply: Sendable {
  let line: String
  let json: JSON

  init(_ line: String) throws {
    self.line = line
    json = try JSON(parsing: line, limits: .trusted)
    for word in Reply.internalWords where line.contains(word) { Issue.record("a reply contains \(word): \(line)") }
  }

  private static let internalWords = [
    "SELECT", "INSERT", "UPDATE ", "breath.accounts", "breath.admit", "postgresql:", "SQLSTATE", "libpq",
    "PostgresError",
  ]

  var status: Int64? { json["statusCode"]?.integer }
  var body: JSON { json["body"] ?? .null }

  func header(_ name: String) -> String? { RawMode.header(name, of: json) }

  /// By a path like `progress.streak.days` or `verdicts.0.code` into the body.
  subscript(path: String) -> JSON? { body.at(path) }

  func text(_ path: String) throws -> String { try #require(self[path]?.string, "\(path) in \(line)") }
  func integer(_ path: String) throws -> Int64 { try #require(self[path]?.integer, "\(path) in \(line)") }
  func items(_ path: String) throws -> [JSON] { try #require(self[path]?.array, "\(path) in \(line)") }

  /// The status, and the code when it is a problem document: what most tests of refusals look at.
  var outcome: String {
    let code = (status ?? 0) < 400 ? nil : body["code"]?.string ?? body["error"]?.string
    return "\(status ?? 0)" + (code.map { " \($0)" } ?? "")
  }
}

extension JSON {
  func at(_ path: String) -> JSON? {
    path.split(separator: ".").reduce(JSON?.some(self)) { json, step in
      if let index = Int(step), let items = json?.array { return items.indices.contains(index) ? items[index] : nil }
      return json?[String(step)]
    }
  }
}
