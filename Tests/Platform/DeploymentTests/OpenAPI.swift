import Foundation
import TestSupport
import YAMLFiles

/// `functions/openapi.yaml`, as far as tests look at it.
struct OpenAPI {
  let document: YAML

  init() throws { document = try Repository.yaml("functions/openapi.yaml") }

  struct Operation: CustomStringConvertible {
    let method: String
    let path: String
    let content: YAML
    var description: String { "\(method) \(path)" }
  }

  static let methods = ["get", "put", "post", "patch", "delete"]

  var operations: [Operation] {
    document["paths"].map.flatMap { path, item in
      OpenAPI.methods.compactMap { method in
        item.map[method].map { Operation(method: method.uppercased(), path: path, content: $0) }
      }
    }
  }

  /// - Parameter path: as it is requested; a placeholder stands for one component.
  func operations(at path: String) -> [Operation] {
    let parts = path.split(separator: "/")
    return operations.filter { operation in
      let pattern = operation.path.split(separator: "/")
      return pattern.count == parts.count && zip(pattern, parts).allSatisfy { $0 == $1 || $0.hasPrefix("{") }
    }
  }

  /// Nil when the operation does not document that status.
  func response(_ status: Int, of operation: Operation) -> YAML? {
    let responses = operation.content["responses"].map
    return (responses["\(status)"] ?? responses["\(status / 100)XX"]).map(resolved)
  }

  /// What a `$ref` leads to; anything else is itself.
  func resolved(_ value: YAML) -> YAML {
    guard let reference = value["$ref"].string else { return value }
    return resolved(target(of: reference) ?? .null)
  }

  /// Nil when there is nothing at that place of this document.
  func target(of reference: String) -> YAML? {
    guard reference.hasPrefix("#/") else { return nil }
    return reference.dropFirst(2).split(separator: "/").reduce(Optional(document)) { value, step in
      value?.map[String(step.replacing("~1", with: "/").replacing("~0", with: "~"))]
    }
  }

  /// Every object in the document with that member, and where it stands.
  func objects(with key: String) -> [(place: String, object: YAML)] {
    func search(_ value: YAML, _ place: String) -> [(String, YAML)] {
      switch value {
      case .map(let map):
        (map[key] == nil ? [] : [(place, value)]) + map.flatMap { search($0.value, "\(place)/\($0.key)") }
      case .list(let list): list.enumerated().flatMap { search($0.element, "\(place)/\($0.offset)") }
      case .null, .bool, .number, .string: []
      }
    }
    return search(document, "#").map { (place: $0.0, object: $0.1) }
  }
}

/// A sample event with the reply beside it.
struct SampleEvent: CustomStringConvertible {
  let description: String
  let method: String
  let path: String
  let requestType: String
  let body: String
  let status: Int
  let reply: YAML

  static func all(of function: String) throws -> [SampleEvent] {
    try Repository.names(in: "functions/\(function)/events").filter { $0.hasSuffix(".reply.json") }.map { name in
      try SampleEvent(function, String(name.dropLast(".reply.json".count)))
    }
  }

  private init(_ function: String, _ name: String) throws {
    description = "\(function)/\(name)"
    let http = try Repository.yaml("functions/\(function)/events/\(name).json")["http"]
    method = http["method"].string ?? ""
    path = "/v1/\(function)\(http["path"].string ?? "")"
    requestType = http["headers"]["content-type"].string ?? "application/json"
    body = http["body"].string ?? ""
    reply = try Repository.yaml("functions/\(function)/events/\(name).reply.json")
    status = Int(reply["statusCode"].number ?? 0)
  }
}
