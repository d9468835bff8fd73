import Foundation
import FunctionRuntime
import StrictJSON
import TestSupport
import Testing

/// `breath functions`, which scripts and people ask.
@Suite struct FunctionsTests {
  @Test func `a line a function has its name, its database role and who starts it`() throws {
    let result = try Tool()("functions")
    let lines = result.output.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
    #expect(result.status == 0 && lines.map(\.[0]) == FunctionName.allCases.map(\.rawValue))
    #expect(lines.map(\.[1]) == FunctionName.allCases.map(\.databaseRole))
    #expect(lines.contains(["worker", "admin", "schedule"]) && lines.contains(["sync", "sync", "web"]))
  }

  @Test func `as JSON it has what each may read, by the names that the operator gives it`() throws {
    let functions = try JSON(parsing: Tool()("functions", "--json").output, limits: .trusted).array ?? []
    #expect(functions.map { $0["name"]?.string } == FunctionName.allCases.map(\.rawValue))
    for function in functions {
      let name = try #require(function["name"]?.string.flatMap(FunctionName.init))
      let own = function["variables"]?["DATABASE_URL"]?.string
      #expect(own == "DATABASE_URL_\(name.databaseRole.uppercased())")
      // What tokens are signed with is told to nobody else.
      #expect((function["variables"]?["BREATH_SIGNING_KEY"] != nil) == (name == .auth))
    }
  }
}
