import BundleRoutes
import Foundation
import FunctionRuntime
import StrictJSON
import Testing

/// Every route has a sample event, so that no route is without a proof and an example.
@Suite struct RouteEventTests {
  /// No event that is written down can be right on every day. ChallengeTests go through these.
  private static let ofTheDay = ["POST /challenges/{id}/claim"]

  @Test(arguments: FunctionName.onTheWeb)
  func `each route is answered as it should by at least one sample event`(function: FunctionName) throws {
    let folder = Database.root.appending(path: "functions/\(function.rawValue)/events")
    var answered: [(method: String, path: String)] = []
    for file in try FileManager.default.contentsOfDirectory(atPath: folder.path) where !file.hasSuffix(".reply.json") {
      let event = try json(folder.appending(path: file))["http"]
      let reply = try json(folder.appending(path: String(file.dropLast(5)) + ".reply.json"))
      guard let method = event?["method"]?.string, let path = event?["path"]?.string,
        (200..<400).contains(reply["statusCode"]?.integer ?? 0)
      else { continue }
      answered.append((method, path))
    }
    let routes = function.routes()
    #expect(!routes.isEmpty)
    for route in routes where !RouteEventTests.ofTheDay.contains("\(route.method.rawValue) \(route.pattern)") {
      let isAnswered = answered.contains { $0.method == route.method.rawValue && matches($0.path, route.pattern) }
      #expect(isAnswered, "\(function.rawValue): no event for \(route.method.rawValue) \(route.pattern)")
    }
  }

  /// A placeholder stands for any one component.
  private func matches(_ path: String, _ pattern: String) -> Bool {
    let (path, pattern) = (path.split(separator: "/"), pattern.split(separator: "/"))
    return path.count == pattern.count && zip(path, pattern).allSatisfy { $1.hasPrefix("{") || $0 == $1 }
  }

  private func json(_ file: URL) throws -> JSON {
    try JSON(parsing: String(contentsOf: file, encoding: .utf8), limits: .trusted)
  }
}
