import BundleRoutes
import Foundation
import FunctionRuntime
import Postgres
import StrictJSON
import TestSupport
import Testing

/// Every route of every function for every kind of caller, and every target that a caller may name.
@Suite struct AuthorisationTests {
  @Test(arguments: FunctionName.allCases)
  func `every route stands in the matrix, and nothing else does`(function: FunctionName) {
    let there = Set(function.routes().map { "\($0.method.rawValue) \($0.pattern)" })
    let listed = Matrix.rows.filter { $0.function == function }.map { "\($0.method) \($0.pattern)" }
    #expect(Set(listed) == there && listed.count == there.count)
  }

  @Test(arguments: Matrix.rows) func `each caller gets what the matrix says`(row: Matrix.Row) throws {
    let callers = try Callers(for: row)
    for caller in Callers.Kind.allCases {
      let reply = try Fleet.call(row.function, try callers.event(row, caller))
      #expect(reply.outcome == row.expected(for: caller), "\(row) for \(caller)")
      if reply.status == 401 { #expect(reply.header("www-authenticate")?.hasPrefix("Bearer") == true) }
    }
  }

  /// A challenge is nobody's, and neither is a range of days: they are named the same for all.
  @Test(
    arguments: Matrix.rows.filter { row in
      row.pattern.contains("{") && !["/challenges", "/wakatime"].contains { row.pattern.hasPrefix($0) }
    })
  func `what is foreign, missing or deleted looks the same to the byte`(row: Matrix.Row) throws {
    let targets = try Targets(of: row)
    var answers: [Targets.Kind: String] = [:]
    for (kind, id) in try targets.ids() {
      let path = row.pattern.replacing(/\{\w+\}/, with: id)
      let reply = try targets.owner.call(
        row.function, row.method, path, headers: ["content-type": "application/json"], body: row.body)
      if kind == .own {
        #expect((200..<300).contains(reply.status ?? 0), "\(row): \(reply.line)")
      } else {
        answers[kind] = sameForAll(reply)
      }
    }
    #expect(Set(answers.values).count == 1 && answers.count >= 2, "\(row): \(answers)")
    #expect(answers.values.allSatisfy { $0.hasPrefix("404 ") }, "\(row)")
  }

  /// All of an answer that does not tell the request and the moment.
  private func sameForAll(_ reply: Reply) -> String {
    let own = ["x-request-id", "server-timing", "ratelimit", "traceparent"]
    let headers = (reply.json["headers"]?.object?.members ?? []).filter { !own.contains($0.key.lowercased()) }
    let body = (reply.body.object?.members ?? []).filter { $0.key != "instance" }
    return "\(reply.status ?? 0) \(JSON.object(JSONObject(headers)).text) \(JSON.object(JSONObject(body)).text)"
  }
}
