import FoundationEssentials

/// How far a device has pulled: opaque to it, `base64url(form, life, version)`.
struct Cursor: Hashable {
  /// Which account in which life of the database the version belongs to (sql/0013).
  let life: UUID
  let version: Int64

  private static let form: UInt8 = 1

  init(life: UUID, version: Int64) {
    self.life = life
    self.version = version
  }

  init?(_ text: String) {
    guard let bytes = Base64URL.decode(text), bytes.count == 25, bytes[0] == Cursor.form else { return nil }
    life = UUID(bytes: bytes[1..<17])
    version = bytes[17...].reduce(0) { $0 << 8 | Int64($1) }
    guard version >= 0 else { return nil }
  }

  var text: String {
    let versionBytes = (0..<8).reversed().map { UInt8(truncatingIfNeeded: version >> ($0 * 8)) }
    return Base64URL.encode([Cursor.form] + life.bytes + versionBytes)
  }
}
