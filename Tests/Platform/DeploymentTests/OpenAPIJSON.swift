import Foundation
import TestSupport
import YAMLFiles
import Yams

/// `functions/openapi.yaml` as JSON, for whoever reads no YAML or none with aliases: they are resolved, and what they were taken
/// from (`x-shared`) is left out. Members keep their order.
struct OpenAPIJSON {
  static let path = "functions/openapi.json"

  private(set) var text = ""

  init() throws {
    guard let document = try Yams.compose(yaml: Repository.text("functions/openapi.yaml")) else { throw NoDocument() }
    try write(document, indent: "\n")
    text += "\n"
  }

  struct NoDocument: Error {}

  private mutating func write(_ node: Node, indent: String) throws {
    if let mapping = node.mapping {
      let members = mapping.filter { $0.key.string != "x-shared" }
      try list(members, "{", "}", indent) { writer, member, indent in
        writer.text += try OpenAPIJSON.quoted(member.key.string ?? "") + ": "
        try writer.write(member.value, indent: indent)
      }
    } else if let sequence = node.sequence {
      try list(Array(sequence), "[", "]", indent) { writer, item, indent in try writer.write(item, indent: indent) }
    } else {
      text += try OpenAPIJSON.scalar(node)
    }
  }

  private mutating func list<Item>(
    _ items: [Item], _ opening: String, _ closing: String, _ indent: String,
    _ write: (inout OpenAPIJSON, Item, String) throws -> Void
  ) rethrows {
    guard !items.isEmpty else {
      text += opening + closing
      return
    }
    text += opening
    for (index, item) in items.enumerated() {
      text += (index == 0 ? "" : ",") + indent + " "
      try write(&self, item, indent + " ")
    }
    text += indent + closing
  }

  private static func scalar(_ node: Node) throws -> String {
    switch node.any {
    case let value as Bool: "\(value)"
    case let value as Int: "\(value)"
    case let value as Double: "\(value)"
    case is NSNull: "null"
    default: try quoted(node.scalar?.string ?? "")
    }
  }

  private static func quoted(_ text: String) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .withoutEscapingSlashes
    return String(decoding: try encoder.encode(text), as: UTF8.self)
  }
}
