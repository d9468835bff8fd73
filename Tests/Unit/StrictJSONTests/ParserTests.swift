import StrictJSON
import Testing

/// What RFC 8259 allows and forbids, and where we are stricter on purpose.
@Suite struct ParserTests {
  static let accepted: [(text: String, value: JSON)] = [
    ("null", .null), ("true", true), ("false", false), ("0", 0), ("-0", 0), ("10", 10), ("-7", -7),
    ("9223372036854775807", .integer(.max)), ("-9223372036854775808", .integer(.min)),
    ("9223372036854775808", .double(9_223_372_036_854_775_808)), ("0.5", 0.5), ("-1.25e2", -125), ("1E+2", 100),
    ("1e-2", 0.01), ("1.7976931348623157e308", .double(1.7976931348623157e308)),
    ("5e-324", .double(.leastNonzeroMagnitude)),
    ("0e0", 0), ("-0.0", 0), ("\"\"", ""), ("\"a\"", "a"), (" \t\r\n1\n", 1), ("[]", []), ("[ ]", []), ("{}", [:]),
    ("{ }", [:]), ("[1,[2],{}]", [1, [2], [:]]), ("{\"a\" : {\"b\":[]} , \"\":0}", ["a": ["b": []], "": 0]),
    (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{C}\n\r\t"), (#""\u0041\u00e9\u20AC""#, "A\u{E9}\u{20AC}"),
    (#""\ud83d\ude00""#, "\u{1F600}"), (#""\uD800\uDC00\uDBFF\uDFFF""#, "\u{10000}\u{10FFFF}"),
    ("\"\u{7F}\u{2028}\u{FFFF}\u{1F600}\"", "\u{7F}\u{2028}\u{FFFF}\u{1F600}"), (#""a\u0001""#, "a\u{1}"),
    (#"{"K":1}"#, ["K": 1]),
  ]

  @Test(arguments: accepted) func `a document of the standard is read`(text: String, value: JSON) throws {
    #expect(try JSON(parsing: text, limits: .request) == value)
  }

  static let refused: [(text: String, code: JSONSyntaxError.Code)] = [
    ("", .empty), (" \n", .empty), ("nul", .unexpectedEnd), ("nulL", .unexpectedByte), ("True", .unexpectedByte),
    ("NaN", .unexpectedByte), ("Infinity", .unexpectedByte), ("-Infinity", .unexpectedByte), ("1 2", .trailingContent),
    ("{}}", .trailingContent), ("[],", .trailingContent), ("truefalse", .trailingContent), ("01", .trailingContent),
    ("-01", .trailingContent), ("-", .unexpectedEnd), ("+1", .unexpectedByte), (".5", .unexpectedByte),
    ("1.", .unexpectedEnd), ("1.e3", .unexpectedByte), ("1e", .unexpectedEnd), ("1e+", .unexpectedEnd),
    ("1ea", .unexpectedByte), ("0x10", .trailingContent), ("1_000", .trailingContent), ("1e309", .numberOutOfRange),
    ("-1e400", .numberOutOfRange), ("[", .unexpectedEnd), ("[1", .unexpectedEnd), ("[1,", .unexpectedEnd),
    ("[1,]", .unexpectedByte), ("[,1]", .unexpectedByte), ("[1 2]", .unexpectedByte), ("[1}", .unexpectedByte),
    ("]", .unexpectedByte), ("{", .unexpectedEnd), ("{\"a\"", .unexpectedEnd), ("{\"a\":", .unexpectedEnd),
    ("{\"a\":1", .unexpectedEnd), ("{\"a\":1,", .unexpectedEnd), ("{\"a\":1,}", .unexpectedByte),
    ("{,}", .unexpectedByte), ("{a:1}", .unexpectedByte), ("{'a':1}", .unexpectedByte), ("{\"a\" 1}", .unexpectedByte),
    ("{\"a\":1;}", .unexpectedByte), ("{1:1}", .unexpectedByte), ("\"a", .unexpectedEnd), ("'a'", .unexpectedByte),
    ("\"a\tb\"", .unexpectedByte), ("\"a\nb\"", .unexpectedByte), (#""\x41""#, .unexpectedByte),
    (#""\n\#t""#, .unexpectedByte), (#""\"#, .unexpectedEnd), (#""\n"#, .unexpectedEnd), (#""\u12"#, .unexpectedEnd),
    (#""\u12G4""#, .unexpectedByte), (#""\u+123""#, .unexpectedByte), ("// c\n1", .unexpectedByte),
    ("1 /* c */", .trailingContent), ("\u{FEFF}1", .unexpectedByte), ("[1]\u{FEFF}", .trailingContent),
    ("\u{A0}1", .unexpectedByte), ("\u{C}1", .unexpectedByte), ("\"a\u{0}b\"", .nulCharacter),
    ("\"\\n\u{0}\"", .nulCharacter), ("1\u{0}", .trailingContent), ("\u{0}", .unexpectedByte),
    (#""\ud83d"#, .unexpectedEnd), (#""\ud83d\u12""#, .unexpectedByte),
  ]

  @Test(arguments: refused) func `what the standard forbids is refused`(text: String, code: JSONSyntaxError.Code) {
    let error = #expect(throws: JSONSyntaxError.self) { try JSON(parsing: text, limits: .request) }
    #expect(error?.code == code)
    #expect(error?.isLimit == false)
  }

  static let damaged: [(String, String, TextDamage)] = [
    (#""\ud800""#, "\u{FFFD}", .half), (#""\udc00""#, "\u{FFFD}", .half), (#""a\ud83d""#, "a\u{FFFD}", .half),
    (#""\ud800a""#, "\u{FFFD}a", .half), (#""\ud800\n""#, "\u{FFFD}\n", .half),
    (#""\ud800\ud800""#, "\u{FFFD}\u{FFFD}", .half), (#""\ud800\u0041""#, "\u{FFFD}A", .half),
    (#""\udfff\ud800""#, "\u{FFFD}\u{FFFD}", .half), (#""\ud800\ud83d\ude00""#, "\u{FFFD}\u{1F600}", .half),
    (#""\u0000""#, "\u{FFFD}", .nul), (#""\ud800\u0000""#, "\u{FFFD}\u{FFFD}", .nul),
  ]

  @Test(arguments: damaged) func `half a surrogate pair or a NUL spoils its string and not the document`(
    text: String, mended: String, damage: TextDamage
  ) throws {
    let item = try JSONNode(JSON(parsing: #"{"a":[1,\#(text)],"b":2}"#, limits: .request))
    #expect(try item["b"].integer(in: 2...2) == 2)
    let string = try #require(try item["a"].items().last)
    #expect(try string.text(length: 1...9) == mended)
    let error = #expect(throws: JSONMismatch.self) { try string.string(length: 1...9) }
    #expect(error?.code == "invalid_text" && error?.pointer.description == "/a/1")
    #expect(string.json?.isKeepable == (damage == .half))
    #expect(string.json?.text == JSON.string(mended).text && string.json?.asSent.text == text)
  }

  @Test func `keys that differ only by what was cut off are two, and nothing to keep`() throws {
    let object = try JSON(parsing: #"{"a\ud83d":1,"a\ud83e":2,"b":3}"#, limits: .request)
    #expect(object.object?.count == 3 && object["b"] == 3)
    #expect(object.isDamaged && !object.isKeepable)
  }

  static let places: [(String, String)] = [
    ("nope", ""), (#"{"a":nope}"#, "/a"), (#"{"a":[1,{"b/c":}]}"#, "/a/1/b~1c"), (#"{"a":{"b":1,"b":2}}"#, "/a/b"),
    (#"{"push":{"settings":[{"value":"\u00zz"}]}}"#, "/push/settings/0/value"), (#"[1,2"#, ""),
  ]

  @Test(arguments: places) func `what cannot be read is named by its pointer`(text: String, pointer: String) {
    let error = #expect(throws: JSONSyntaxError.self) { try JSON(parsing: text, limits: .request) }
    #expect(error?.pointer.description == pointer)
  }

  static let duplicates: [String] = [
    #"{"a":1,"a":1}"#, #"{"a":1,"b":2,"a":3}"#, #"{"a":1,"\u0061":2}"#, #"{"":1,"":2}"#, #"{"x":{"a":1,"a":2}}"#,
    #"[{"a":1},{"a":1,"a":2}]"#, #"{"/":1,"\/":2}"#, "{\"\u{E9}\":1,\"e\u{301}\":2}",
    "{\(many(40)),\"k39\":0}", "{\(many(40)),\"\\u006b0\":0}", "{\(many(15)),\"k14\":0}", "{\(many(16)),\"k0\":0}",
  ]

  private static func many(_ count: Int) -> String { (0..<count).map { "\"k\($0)\":0" }.joined(separator: ",") }

  @Test(arguments: duplicates) func `a key given twice is refused, also when it is spelled differently`(text: String) {
    #expect(throws: JSONSyntaxError.self) { try JSON(parsing: text, limits: .request) }
    let error = #expect(throws: JSONSyntaxError.self) { try JSON(parsing: text, limits: .trusted) }
    #expect(error?.code == .duplicateKey)
  }

  @Test func `the same key in two objects is no duplicate`() throws {
    #expect(try JSON(parsing: #"[{"a":1},{"a":{"a":2}}]"#, limits: .request) == [["a": 1], ["a": ["a": 2]]])
  }

  static let notUTF8: [[UInt8]] = [
    [0x80], [0xC0, 0xAF], [0xC3], [0xE2, 0x82], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xF8, 0x88, 0x80],
    [0xFF],
  ]

  @Test(arguments: notUTF8) func `bytes that are not UTF-8 are refused in keys and values`(bytes: [UInt8]) {
    let quoted = [UInt8(ascii: "\"")] + bytes + [UInt8(ascii: "\"")]
    let escaped = Array(#""\n"#.utf8) + bytes + [UInt8(ascii: "\"")]
    let key = Array("{".utf8) + quoted + Array(":1}".utf8)
    for document in [quoted, escaped, key] {
      let error = #expect(throws: JSONSyntaxError.self) { try JSON(parsing: document, limits: .request) }
      #expect(error?.code == .notUTF8)
    }
  }

  @Test(arguments: [false, true]) func `UTF-16 and UTF-32 are refused, with a byte-order mark and without`(mark: Bool) {
    let text = Array((mark ? "\u{FEFF}" : "") + "[1]")
    let little = text.flatMap { $0.utf16.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] } }
    let big = text.flatMap { $0.utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 255)] } }
    let wide = text.flatMap { $0.utf16.flatMap { [UInt8($0 & 255), UInt8($0 >> 8), 0, 0] } }
    for bytes in [little, big, wide] {
      #expect(throws: JSONSyntaxError.self) { try JSON(parsing: bytes, limits: .request) }
    }
  }

  @Test func `the place of an error counts bytes`() {
    let error = #expect(throws: JSONSyntaxError.self) { try JSON(parsing: "{\"\u{E9}\":nope}", limits: .request) }
    #expect(error?.code == .unexpectedByte)
    #expect(error?.offset == 7)
  }

  @Test func `a number below the smallest becomes zero`() throws {
    #expect(try JSON(parsing: "1e-400", limits: .request) == 0)
  }

  @Test func `every beginning of a document is refused, and no cut crashes`() throws {
    let document = Array(#"{"a":[1,-2.5e3,"x\u00e9\ud83d\ude00"],"b":{"c":null,"d":[true,false]}}"#.utf8)
    _ = try JSON(parsing: document, limits: .request)
    for end in 0..<document.count {
      #expect(throws: JSONSyntaxError.self) { try JSON(parsing: Array(document[..<end]), limits: .request) }
    }
  }
}
