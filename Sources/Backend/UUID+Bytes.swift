package import FoundationEssentials

extension UUID {
  package var bytes: [UInt8] {
    let b = uuid
    return [b.0, b.1, b.2, b.3, b.4, b.5, b.6, b.7, b.8, b.9, b.10, b.11, b.12, b.13, b.14, b.15]
  }

  /// - Parameter bytes: sixteen.
  package init(bytes: ArraySlice<UInt8>) {
    let b = Array(bytes)
    self.init(
      uuid: (b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11], b[12], b[13], b[14], b[15]))
  }

  /// As RFC 9562 prints it; `uuidString` is upper case. By hand: it is made several times a request, and the library's goes
  /// through `snprintf`.
  package var lowercased: String {
    var text: [UInt8] = []
    text.reserveCapacity(36)
    for (index, byte) in bytes.enumerated() {
      if index == 4 || index == 6 || index == 8 || index == 10 { text.append(UInt8(ascii: "-")) }
      text.append(UUID.hexDigits[Int(byte >> 4)])
      text.append(UUID.hexDigits[Int(byte & 15)])
    }
    return String(decoding: text, as: UTF8.self)
  }

  private static let hexDigits = Array("0123456789abcdef".utf8)
}
