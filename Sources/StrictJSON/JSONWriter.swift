extension JSON {
  /// Compact JSON text, UTF-8, without any line feed outside of `raw` parts: fit for a line protocol.
  package var encoded: [UInt8] {
    var out: [UInt8] = []
    out.reserveCapacity(1024 + rawBytes)  // Of a page nearly all is raw: growing step by step would copy it twice.
    write(into: &out)
    return out
  }

  private var rawBytes: Int {
    switch self {
    case .raw(let text): text.utf8.count
    case .array(let items): items.reduce(0) { $0 + $1.rawBytes }
    case .object(let object): object.members.reduce(0) { $0 + $1.value.rawBytes }
    case .null, .bool, .integer, .double, .string, .damaged: 0
    }
  }

  package var text: String { String(decoding: encoded, as: UTF8.self) }

  package func write(into out: inout [UInt8]) {
    switch self {
    case .null: out.append(contentsOf: "null".utf8)
    case .bool(let value): out.append(contentsOf: (value ? "true" : "false").utf8)
    case .integer(let value): out.append(contentsOf: String(value).utf8)
    case .double(let value): JSON.write(value, into: &out)
    case .string(let value): JSON.write(value, into: &out)
    case .damaged(let text): JSON.write(text.repaired, into: &out)
    case .raw(let value): out.append(contentsOf: value.utf8)
    case .array(let items):
      out.append(UInt8(ascii: "["))
      for (index, item) in items.enumerated() {
        if index > 0 { out.append(UInt8(ascii: ",")) }
        item.write(into: &out)
      }
      out.append(UInt8(ascii: "]"))
    case .object(let object):
      out.append(UInt8(ascii: "{"))
      for (index, member) in object.members.enumerated() {
        if index > 0 { out.append(UInt8(ascii: ",")) }
        JSON.write(member.key, into: &out)
        out.append(UInt8(ascii: ":"))
        member.value.write(into: &out)
      }
      out.append(UInt8(ascii: "}"))
    }
  }

  /// As JavaScript prints it: whole numbers without ".0". JSON has no word for what is not finite.
  private static func write(_ value: Double, into out: inout [UInt8]) {
    if let whole = Int64(exactly: value) {
      out.append(contentsOf: String(whole).utf8)
    } else {
      out.append(contentsOf: (value.isFinite ? value.description : "null").utf8)
    }
  }

  package static func write(_ value: String, into out: inout [UInt8]) {
    var value = value
    out.append(UInt8(ascii: "\""))
    value.withUTF8 { bytes in
      var copied = 0
      // What needs no escape is copied in runs.
      for at in bytes.indices where unsafe needsEscape(bytes[at]) {
        unsafe out.append(contentsOf: bytes[copied..<at])
        unsafe write(escaped: bytes[at], into: &out)
        copied = at + 1
      }
      unsafe out.append(contentsOf: bytes[copied...])
    }
    out.append(UInt8(ascii: "\""))
  }

  private static func needsEscape(_ byte: UInt8) -> Bool {
    byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") || byte == 0x7F
  }

  private static func write(escaped byte: UInt8, into out: inout [UInt8]) {
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"):
      out.append(UInt8(ascii: "\\"))
      out.append(byte)
    case 0x0A: out.append(contentsOf: "\\n".utf8)
    case 0x0D: out.append(contentsOf: "\\r".utf8)
    case 0x09: out.append(contentsOf: "\\t".utf8)
    default:
      let hex = String(byte, radix: 16)
      out.append(contentsOf: (hex.utf8.count == 1 ? "\\u000" : "\\u00").utf8)
      out.append(contentsOf: hex.utf8)
    }
  }
}
