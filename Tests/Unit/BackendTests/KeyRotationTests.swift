import Backend
import Foundation
import Operations
import StrictJSON
import TestSupport
import Testing

/// `breath keys rotate`: at no step is a token refused that is still good.
@Suite struct KeyRotationTests {
  private func environment(_ rotation: KeyRotation) -> [String: String] {
    Dictionary(uniqueKeysWithValues: rotation.environment.map { ($0.name, $0.value) })
  }

  private func rotation(_ values: [String: String]) throws -> KeyRotation {
    try #require(
      KeyRotation(
        signing: values["BREATH_SIGNING_KEY"] ?? "", standby: values["BREATH_STANDBY_KEY"],
        jwks: values["BREATH_JWKS"] ?? ""))
  }

  private func id(_ key: String?) throws -> String? { try JSON(parsing: key ?? "", limits: .request)["kid"]?.string }

  private func known(_ values: [String: String]) throws -> [String] {
    try (JSON(parsing: values["BREATH_JWKS"] ?? "", limits: .request)["keys"]?.array ?? []).map { key in
      #expect(key["d"] == nil)
      return key["kid"]?.string ?? ""
    }
  }

  @Test func `a key is known before it signs and as long as its last token lives`() throws {
    var rotation = try rotation([
      "BREATH_SIGNING_KEY": try TestEnvironment.value("BREATH_SIGNING_KEY"),
      "BREATH_JWKS": try TestEnvironment.value("BREATH_JWKS"),
    ])
    let before = environment(rotation)
    let old = try id(before["BREATH_SIGNING_KEY"])

    _ = rotation.advance()
    let waiting = environment(rotation)
    let standby = try id(waiting["BREATH_STANDBY_KEY"])
    #expect(try id(waiting["BREATH_SIGNING_KEY"]) == old && standby != nil && standby != old)
    #expect(try known(waiting) == [old, standby])

    rotation = try self.rotation(waiting)
    _ = rotation.advance()
    let signing = environment(rotation)
    #expect(try id(signing["BREATH_SIGNING_KEY"]) == standby && signing["BREATH_STANDBY_KEY"] == "")
    #expect(try known(signing) == [old, standby])

    rotation = try self.rotation(signing)
    _ = rotation.retire()
    #expect(try known(environment(rotation)) == [standby])
  }

  @Test func `retiring while a key stands by keeps it`() throws {
    var rotation = try rotation([
      "BREATH_SIGNING_KEY": try TestEnvironment.value("BREATH_SIGNING_KEY"),
      "BREATH_JWKS": try TestEnvironment.value("BREATH_JWKS"),
    ])
    _ = rotation.advance()
    _ = rotation.retire()
    let values = environment(rotation)
    #expect(try known(values).count == 2)
  }

  @Test func `what cannot be read is refused`() throws {
    let jwks = try TestEnvironment.value("BREATH_JWKS")
    let signing = try TestEnvironment.value("BREATH_SIGNING_KEY")
    #expect(KeyRotation(signing: "", standby: nil, jwks: jwks) == nil)
    #expect(KeyRotation(signing: signing, standby: "{", jwks: jwks) == nil)
    #expect(KeyRotation(signing: signing, standby: nil, jwks: "[]") == nil)
  }
}
