import Foundation
import StrictJSON
import TestSupport
import Testing
import YAMLFiles

/// After a change of functions/openapi.yaml, `make openapi` writes functions/openapi.json anew.
@Suite struct OpenAPIJSONTests {
  private static var isRenewing: Bool { ProcessInfo.processInfo.environment["BREATH_RENEW_OPENAPI"] == "1" }

  @Test func `the description as JSON is the one as YAML, aliases resolved`() throws {
    let made = try OpenAPIJSON().text
    if OpenAPIJSONTests.isRenewing {
      try Data(made.utf8).write(to: URL(filePath: "\(Repository.root)/\(OpenAPIJSON.path)"))
    }
    #expect(try Repository.text(OpenAPIJSON.path) == made, "run 'make openapi'")
    let json = try JSON(parsing: made, limits: .trusted)
    #expect(json["openapi"]?.string == "3.1.1" && json["x-shared"] == nil && !made.contains("\"x-"))
    // Read as YAML, which JSON is, it says what the YAML says.
    let yaml = try OpenAPI().document
    var members = yaml.map
    members["x-shared"] = nil
    #expect(try YAML(parsing: made) == .map(members))
  }

  /// Generators make code of a value that can only be null, and fail.
  @Test func `no value can only be null`() throws {
    for (place, object) in try OpenAPI().objects(with: "type") {
      #expect(object["type"].string != "null" || place.contains("oneOf"), "\(place)")
    }
  }
}
