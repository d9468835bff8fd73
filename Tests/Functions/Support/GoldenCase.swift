import Foundation
import FunctionRuntime
import Postgres
import StrictJSON
import TestSupport
import Testing

/// The sample events of `functions/<name>/events`, each with the reply it must get.
struct GoldenCase: Sendable, CustomTestStringConvertible {
  let function: FunctionName
  let name: String
  var testDescription: String { "\(function.rawValue)/\(name)" }

  /// A token belongs to the device that the first case of auth signs in, and so on from case to case.
  static let order: [GoldenCase] = [
    (
      .auth,
      [
        "anonymous", "anonymous-again", "anonymous-other-secret", "anonymous-wrong-content", "token", "token-form",
        "token-unknown", "pairing", "pairing-redeem", "pairing-redeem-used", "pairing-no-token",
        "anonymous-other-machine", "anonymous-own-account", "pairing-for-merge", "pairing-preview", "pairing-merge",
        "pairing-merges",
        "pairing-undo", "pairing-undo-unknown", "device", "token-device-pending", "device-preview", "device-approve",
        "token-device", "token-device-used", "device-approve-unknown", "github", "github-callback",
        "github-callback-used", "metadata", "jwks", "wrong-method",
        "preflight",
        // The life of another account, from its first day to its last.
        "anonymous-spare", "register", "register-wrong-content", "register-confirm", "register-confirm-unknown",
        "login", "login-wrong", "devices", "device-rename", "device-unknown", "device-revoke", "devices-revoke-others",
        "recovery-codes", "totp", "totp-confirm", "login-second-factor", "login-admin",
      ]
    ),
    (.admin, ["session", "session-person"]),
    (
      .auth,
      [
        "totp-off", "account", "account-change",
        "consents-record", "consents", "password", "logout",
        "password-reset",
        "password-reset-confirm", "login-again", "account-erase-no-proof", "account-erase", "account-gone",
      ]
    ),
    (
      .sync,
      [
        "detail-sessions", "push", "push-again", "push-flagged", "pull", "push-wrong-content", "not-json", "no-token",
        "import-dry-run",
        "import", "import-not-an-export", "export", "export-last", "export-extension", "push-rest", "digest",
        "digest-month", "ledger",
      ]
    ),
    (.stats, ["hours", "sessions", "export-sessions-csv", "export-sessions-json"]),
    (.sync, ["detail-wrong-content", "detail", "unknown-path"]),
    (
      .stats,
      [
        "summary", "days", "days-wrong-query", "streak", "heatmap", "trend", "records", "levels", "goals-change",
        "goals-wrong-content", "goals", "challenges", "challenge-not-today", "hours-not-shared", "sessions-not-shared",
        "export-csv", "export-json", "export-wrong-query", "export-not-shared", "wakatime-status-bar",
        "wakatime-status-bar-command-line", "wakatime-summaries", "wakatime-summaries-today",
        "wakatime-summaries-wrong-query", "wakatime-stats", "wakatime-stats-unknown-range", "wakatime-all-time",
        "share",
        "share-wrong-content", "shares", "share-card", "share-heatmap", "share-trend", "share-badge", "share-shields",
        "share-badge-not-chosen", "share-revoke",
        "share-gone", "card", "heatmap-picture", "trend-picture", "badge", "badge-wrong-query", "shields", "no-token",
      ]
    ),
    (.admin, ["healthz", "readyz", "unknown-path"]),
    (.auth, ["keys-make", "keys", "keys-revoke", "keys-make-wakatime", "token-twice"]),
  ].flatMap { (function: FunctionName, names: [String]) in names.map { GoldenCase(function: function, name: $0) } }

  private static func folder(_ function: FunctionName) -> URL {
    Repository.url("functions/\(function.rawValue)/events")
  }

  func event() throws -> String { try text(".json") }
  func reply() throws -> JSON { try JSON(parsing: text(".reply.json"), limits: .trusted) }

  private func text(_ ending: String) throws -> String {
    try String(contentsOf: GoldenCase.folder(function).appending(path: name + ending), encoding: .utf8)
  }

  /// Names of all files there are, without their endings.
  static func files(of function: FunctionName) throws -> (events: [String], replies: [String]) {
    let files = try FileManager.default.contentsOfDirectory(atPath: folder(function).path)
    let replies = files.filter { $0.hasSuffix(".reply.json") }.map { String($0.dropLast(".reply.json".count)) }
    let events = files.filter { $0.hasSuffix(".json") && !$0.hasSuffix(".reply.json") }.map { String($0.dropLast(5)) }
    return (events.sorted(), replies.sorted())
  }
}

/// Whether a reply is as recorded. A placeholder stands for what differs from run to run.
struct GoldenMatch {
  private(set) var differences: [String] = []

  init(_ reply: JSON, _ expected: JSON) {
    compare(reply["statusCode"], expected["statusCode"], "statusCode")
    for (name, value) in expected["headers"]?.object?.members ?? [] {
      compare(reply["headers"]?[name], value, "headers.\(name)")
    }
    if let body = expected["body"] {
      compare(reply["body"], body, "body")
    } else if reply["body"] != nil {
      differences.append("body: none expected")
    }
  }

  private mutating func compare(_ found: JSON?, _ expected: JSON?, _ path: String) {
    guard let found, let expected else {
      if found != expected { differences.append("\(path): \(found?.text ?? "nothing")") }
      return
    }
    switch (found, expected) {
    case (.object(let a), .object(let b)):
      for key in Set(a.members.map(\.key)).union(b.members.map(\.key)).sorted() {
        compare(a[key], b[key], "\(path).\(key)")
      }
    case (.array(let a), .array(let b)) where a.count == b.count:
      for (index, pair) in zip(a, b).enumerated() { compare(pair.0, pair.1, "\(path).\(index)") }
    case (_, .string(let pattern)) where GoldenMatch.isPlaceholder(pattern):
      if !GoldenMatch.matches(found, pattern) { differences.append("\(path): \(found.text) is no \(pattern)") }
    default:
      if found != expected { differences.append("\(path): \(found.text)") }
    }
  }

  private static func isPlaceholder(_ text: String) -> Bool { text.hasPrefix("<") && text.hasSuffix(">") }

  private static func matches(_ found: JSON, _ placeholder: String) -> Bool {
    let text = found.string ?? ""
    switch placeholder {
    case "<any>": return true
    case "<integer>": return found.integer != nil
    case "<uuid>": return UUID(uuidString: text) != nil && text == text.lowercased()
    case "<time>": return text.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/) != nil
    case "<date>": return text.wholeMatch(of: /\d{4}-\d\d-\d\d/) != nil
    case "<token>": return text.wholeMatch(of: /[A-Za-z0-9._-]{32,}/) != nil
    case "<code>": return text.wholeMatch(of: /BM-[2-9A-Z]{6}-[2-9A-Z]{6}/) != nil
    case "<userCode>": return text.wholeMatch(of: /[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}/) != nil
    case "<share>": return text.wholeMatch(of: /[A-Za-z0-9_-]{22}/) != nil
    case "<digest>": return text.wholeMatch(of: /\d+-[0-9a-f]{32}/) != nil
    default: return false
    }
  }
}
