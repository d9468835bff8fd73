import Backend
import FoundationEssentials

/// How far a device has pulled: opaque to it, `base64url(form, life, version)`.
package struct Cursor: Hashable {
  /// Which account in which life of the database the version belongs to (`breath.cursor_life`).
  let life: UUID
  let version: Int64

  private static let form: UInt8 = 1

  init(life: UUID, version: Int64) {
    self.life = life
    self.version = version
  }

  package init?(_ text: String) {
    guard let bytes = Base64URL.decode(text), bytes.count == 25, bytes[0] == Cursor.form else { return nil }
    self.init(life: bytes[1..<17], version: bytes[17...])
  }

  init?(life: ArraySlice<UInt8>, version: ArraySlice<UInt8>) {
    self.init(life: UUID(bytes: life), version: Int64(bigEndian: version))
    guard self.version >= 0 else { return nil }
  }

  var bytes: [UInt8] { life.bytes + version.bigEndianBytes }

  package var text: String { Base64URL.encode([Cursor.form] + bytes) }
}

extension Int64 {
  package init(bigEndian bytes: ArraySlice<UInt8>) { self = bytes.reduce(0) { $0 << 8 | Int64($1) } }

  var bigEndianBytes: [UInt8] { (0..<8).reversed().map { UInt8(truncatingIfNeeded: self >> ($0 * 8)) } }
}
