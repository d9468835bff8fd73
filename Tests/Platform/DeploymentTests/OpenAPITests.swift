import BundleRoutes
import Foundation
import FunctionRuntime
import TestSupport
import Testing
import YAMLFiles

/// The description of the API is the code's, and the sample events are as it says.
@Suite struct OpenAPITests {
  @Test(arguments: FunctionName.onTheWeb)
  func `every route is described, and nothing else is`(function: FunctionName) throws {
    let there = Set(function.routes().map { "\($0.method.rawValue) /v1/\(function.rawValue)\($0.pattern)" })
    let described = try OpenAPI().operations.filter { $0.content["tags"].list == [.string(function.rawValue)] }
    #expect(Set(described.map(\.description)) == there)
  }

  @Test func `every operation has a name of its own, a summary, and the tag of its function`() throws {
    let operations = try OpenAPI().operations
    let names = operations.compactMap { $0.content["operationId"].string }
    #expect(names.count == operations.count && Set(names).count == names.count)
    for operation in operations {
      #expect(operation.content["summary"].string?.isEmpty == false, "\(operation)")
      let tag = operation.content["tags"].list.first?.string ?? ""
      let function = try #require(FunctionName(rawValue: tag), "\(operation)")
      #expect(function.isOnTheWeb && operation.path.hasPrefix("/v1/\(tag)"), "\(operation)")
    }
  }

  /// The matrix stands in the test that tries every caller on every route.
  @Test func `who may call is described as the matrix of callers has it`() throws {
    let api = try OpenAPI()
    let line = /^ +([a-z]+) +([A-Z]+) +(\S+) +(everybody|device|admin|key:\S+)\s/
      .anchorsMatchLineEndings()
    let rows = try Repository.text("Tests/Functions/Support/Matrix.swift").matches(of: line)
    #expect(rows.count == api.operations.count)
    for (_, function, method, pattern, access) in rows.map(\.output) {
      let name = "\(method) /v1/\(function)\(pattern == "/" ? "" : pattern)"
      let operation = try #require(api.operations.first { $0.description == name }, "\(name)")
      let device: YAML = .map(["accessToken": .list([])])
      let expected: YAML =
        switch access {
        case "everybody": .list([])
        case "device", "admin": .list([device])
        default: .list([device, .map(["apiKey": .list([.string(String(access.dropFirst("key:".count)))])])])
        }
      #expect((operation.content.map["security"] ?? .list([device])) == expected, "\(name)")
    }
  }

  @Test func `every reference leads somewhere, and everything that is shared is used`() throws {
    let api = try OpenAPI()
    let references = api.objects(with: "$ref").compactMap { place, object in object["$ref"].string.map { (place, $0) } }
    for (place, reference) in references { #expect(api.target(of: reference) != nil, "\(reference) at \(place)") }
    // On every path, and so named by none.
    let everywhere = "#/components/responses/MethodNotAllowed"
    let used = Set(references.map(\.1) + [everywhere])
    for kind in ["schemas", "responses", "parameters", "headers"] {
      for name in api.document["components"][kind].map.keys {
        #expect(used.contains("#/components/\(kind)/\(name)"), "\(kind)/\(name)")
      }
    }
  }

  @Test func `every example is what its schema describes`() throws {
    let api = try OpenAPI()
    let check = SchemaCheck(api: api)
    for (place, object) in api.objects(with: "example") {
      // The example of a schema stands in it; elsewhere there is a schema beside it.
      let schema = object.map["schema"] ?? object
      #expect(check.problems(object["example"], schema) == [], "\(place)")
    }
    for (place, object) in api.objects(with: "examples") {
      for (name, example) in object["examples"].map {
        #expect(check.problems(example["value"], object["schema"]) == [], "\(place)/\(name)")
      }
    }
  }

  @Test(arguments: FunctionName.onTheWeb)
  func `what a sample event is answered is described`(function: FunctionName) throws {
    let api = try OpenAPI()
    for event in try SampleEvent.all(of: function.rawValue) {
      let operations = api.operations(at: event.path)
      guard let operation = operations.first(where: { $0.method == event.method }) else {
        let expected = operations.isEmpty ? 404 : event.method == "OPTIONS" ? 204 : 405
        #expect(event.status == expected, "\(event)")
        continue
      }
      guard let response = api.response(event.status, of: operation) else {
        Issue.record("\(event): \(operation) does not document \(event.status)")
        continue
      }
      let type = event.reply["headers"]["Content-Type"].string ?? ""
      let body = event.reply["body"]
      #expect((body == .null) == (response["content"] == .null), "\(event)")
      guard type.hasSuffix("json") else { continue }
      let schema = response["content"][type]["schema"]
      #expect(schema != .null, "\(event): \(type)")
      #expect(SchemaCheck(api: api).problems(body, schema) == [], "\(event)")
    }
  }

  @Test(arguments: FunctionName.onTheWeb)
  func `what sample events send and is accepted is described`(function: FunctionName) throws {
    let api = try OpenAPI()
    for event in try SampleEvent.all(of: function.rawValue)
    where (200..<300).contains(event.status) && !event.body.isEmpty {
      guard let operation = api.operations(at: event.path).first(where: { $0.method == event.method }),
        event.requestType == "application/json"
      else { continue }
      let schema = operation.content["requestBody"]["content"][event.requestType]["schema"]
      #expect(schema != .null, "\(event)")
      let body = try YAML(parsing: event.body)
      #expect(SchemaCheck(api: api).problems(body, schema) == [], "\(event)")
    }
  }

  /// Programs go by the codes. Nobody who calls by HTTP meets those of an event that is none, and of what a schedule sends.
  @Test func `every code of a problem is named`() throws {
    let description = try Repository.text("functions/openapi.yaml")
    let call = /(?:Problem\(\s*\d+,\s*|(?:conflict|unavailable|forbidden|unauthenticated)\(\s*)code:\s*"(\w+)"/
    let functions = Repository.names(in: "Sources").filter { $0.hasSuffix("Function") }
    let codes = try (["Backend", "FunctionRuntime", "Outbox", "Practice"] + functions).flatMap { module in
      try Repository.swiftFiles(in: "Sources/\(module)").flatMap { try Repository.text($0).matches(of: call) }
        .map { String($0.1) }
    }
    #expect(Set(codes).count > 30)
    let unnamed = Set(codes).filter { !description.contains("`\($0)`") }
    #expect(unnamed == ["invalid_event", "not_invocable", "unknown_task"])
  }
}

extension Repository {
  /// At any depth, from the root on.
  fileprivate static func swiftFiles(in folder: String) -> [String] {
    (FileManager.default.enumerator(atPath: "\(root)/\(folder)")?.compactMap { $0 as? String } ?? [])
      .filter { $0.hasSuffix(".swift") }.map { "\(folder)/\($0)" }
  }
}
