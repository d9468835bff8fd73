package import StrictJSON

/// The parts of the extension's settings that may travel (docs/design/practice.md, "Settings").
package enum SettingModule: String, Sendable, CaseIterable {
  case breathing, animation, gamification, stretch, display
}

/// One setting as a device last changed it. Of several the one changed last wins, whichever machine says so.
package struct Setting: Sendable, Equatable {
  package let module: SettingModule
  /// As in `microMeditation.timing`: letters, digits, dots.
  package let key: String
  package let value: JSON
  /// By the clock of the device.
  package let changedAt: Timestamp

  package static let keyBytesMax = 64
  package static let valueBytesMax = 4096

  package init(_ node: JSONNode) throws(JSONMismatch) {
    guard let module = SettingModule(rawValue: try node.object()["module"].string(length: 1...32)) else {
      throw node["module"].mismatch(
        "unknown_module", "must be one of \(SettingModule.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    self.module = module
    key = try node["key"].string(length: 1...Setting.keyBytesMax)
    guard key.utf8.allSatisfy(Setting.isKeyByte) else {
      throw node["key"].mismatch("invalid_key", "must be letters, digits, dots, hyphens and underscores")
    }
    guard let value = node["value"].json else { throw node["value"].mismatch("missing", "is required: any JSON value") }
    guard value.isKeepable else {
      throw node["value"].mismatch("invalid_text", "must have no NUL character, and no name with half a surrogate pair")
    }
    guard value.encoded.count <= Setting.valueBytesMax else {
      throw node["value"].mismatch("too_large", "must have at most \(Setting.valueBytesMax) bytes as JSON")
    }
    self.value = value
    changedAt = try node["changedAt"].timestamp()
  }

  private static func isKeyByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"):
      true
    default: false
    }
  }
}
