import StrictJSON
import TestSupport
import Testing

@Suite struct WriterTests {
  static let written: [(value: JSON, text: String)] = [
    (.null, "null"), (true, "true"), (false, "false"), (0, "0"), (.integer(.min), "-9223372036854775808"), (1.5, "1.5"),
    (3.0, "3"), (-0.0, "0"), (.double(1e22), "1e+22"), (.double(.nan), "null"), (.double(-.infinity), "null"),
    ([], "[]"),
    ([1, "a", nil], #"[1,"a",null]"#), ([:], "{}"), (["b": 1, "a": [[:]]], #"{"b":1,"a":[{}]}"#),
    ("\"\\/\n\r\t\u{8}\u{1F}\u{7F}", #""\"\\/\n\r\t\u0008\u001f\u007f""#),
    ("\u{E9}\u{2028}\u{1F600}", "\"\u{E9}\u{2028}\u{1F600}\""),
    ([.raw("{\"x\": 1}")], "[{\"x\": 1}]"), (["a\nb": .raw("[]")], #"{"a\nb":[]}"#),
  ]

  @Test(arguments: written) func `a value has one spelling`(value: JSON, text: String) {
    #expect(value.text == text)
    #expect(value.encoded == Array(text.utf8))
  }

  @Test(arguments: 0..<500) func `what is written is read back as the same value`(seed: UInt64) throws {
    var random = Seeded(seed)
    let value = JSON.any(&random, depth: 5)
    let again = try JSON(parsing: value.encoded, limits: .trusted)
    #expect(again == value)
    #expect(again.text == value.text, "writing what was read changes nothing")
    #expect(!value.encoded.contains { $0 < 0x20 }, "no control character, and no line feed, is in the text")
  }

  @Test(arguments: 0..<200) func `no random change of a byte crashes the parser, nor changes a value it takes`(
    seed: UInt64
  ) throws {
    var random = Seeded(seed)
    var bytes = JSON.any(&random, depth: 4).encoded
    for _ in 0..<20 {
      bytes[Int.random(in: bytes.indices, using: &random)] = UInt8.random(in: 0...255, using: &random)
      guard let value = try? JSON(parsing: bytes, limits: .trusted) else { continue }
      #expect(try JSON(parsing: value.encoded, limits: .trusted) == value)
    }
  }
}

extension JSON {
  static func any(_ random: inout Seeded, depth: Int) -> JSON {
    switch Int.random(in: 0..<(depth > 0 ? 9 : 7), using: &random) {
    case 0: return .null
    case 1: return .bool(.random(using: &random))
    case 2: return .integer(.random(in: .min ... .max, using: &random))
    case 3: return .integer(.random(in: -10...10, using: &random))
    case 4:
      let double = Double(bitPattern: random.next())
      return .double(double.isFinite ? double : 0.1)
    case 5: return .double(.random(in: -1000...1000, using: &random))
    case 6: return .string(.any(&random))
    case 7: return .array((0..<Int.random(in: 0...5, using: &random)).map { _ in .any(&random, depth: depth - 1) })
    default:
      var object = JSONObject()
      for number in 0..<Int.random(in: 0...20, using: &random) {
        object["\(number)" + .any(&random)] = .any(&random, depth: depth - 2)
      }
      return .object(object)
    }
  }
}

extension String {
  /// Controls but NUL, quotes, surrogate borders, combining marks, and characters outside of the first plane.
  static func any(_ random: inout Seeded) -> String {
    let ranges: [ClosedRange<UInt32>] = [
      1...0x1F, 0x20...0x7F, 0x20...0x7F, 0x80...0x7FF, 0x300...0x36F, 0xD700...0xD7FF, 0xE000...0xFFFF,
      0x1_0000...0x10_FFFF,
    ]
    var text = ""
    for _ in 0..<Int.random(in: 0...12, using: &random) {
      text.unicodeScalars.append(UnicodeScalar(.random(in: random.pick(ranges), using: &random)) ?? "?")
    }
    return text
  }
}
