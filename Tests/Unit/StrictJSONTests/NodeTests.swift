import StrictJSON
import Testing

@Suite struct NodeTests {
  private let node = JSONNode(
    [
      "text": "caf\u{E9}", "whole": 3, "half": 1.5, "flag": false, "none": nil, "list": [1, "two"],
      "deep": ["a/b": ["~": 1]],
    ])

  @Test func `a pointer is printed as RFC 6901 writes it`() {
    #expect("\(JSONPointer.root)" == "")
    #expect("\(JSONPointer.root["push"]["sessions"][3]["activeMs"])" == "/push/sessions/3/activeMs")
    #expect("\(JSONPointer.root["a/b"]["m~n"][""]["~1"])" == "/a~1b/m~0n//~01")
    #expect("\(JSONPointer.root["/\u{301}~\u{301}"])" == "/~1\u{301}~0\u{301}", "an accent hides no slash")
  }

  @Test func `fields of the right type are read`() throws {
    #expect(try node["text"].string(length: 4...4) == "caf\u{E9}")
    #expect(try node["whole"].integer(in: 3...3) == 3)
    #expect(try node["half"].number() == 1.5)
    #expect(try node["whole"].number() == 3)
    #expect(try node["flag"].bool() == false)
    #expect(try node["deep"].object()["a/b"].exists)
    #expect(try node["list"].items().map { "\($0.pointer)" } == ["/list/0", "/list/1"])
    #expect(try node["half"].ifPresent { node throws(JSONMismatch) in try node.number() } == 1.5)
    #expect(try node["none"].ifPresent { node throws(JSONMismatch) in try node.number() } == nil)
    #expect(!node["none"].exists && !node["absent"]["deeper"].exists)
    #expect(!JSONNode(.null).exists && !JSONNode(nil).exists)
  }

  static let complaints: [(String, String, @Sendable (JSONNode) throws -> Void)] = [
    ("/text", "wrong_type", { _ = try $0["text"].integer(in: 0...9) }),
    ("/text", "out_of_range", { _ = try $0["text"].string(length: 5...9) }),
    ("/whole", "out_of_range", { _ = try $0["whole"].integer(in: 4...9) }),
    ("/whole", "wrong_type", { _ = try $0["whole"].string(length: 0...9) }),
    ("/half", "wrong_type", { _ = try $0["half"].integer(in: 0...9) }),
    ("/flag", "wrong_type", { _ = try $0["flag"].number() }),
    ("/whole", "wrong_type", { _ = try $0["whole"].bool() }),
    ("/list", "wrong_type", { _ = try $0["list"].object() }),
    ("/deep", "wrong_type", { _ = try $0["deep"].items() }),
    ("/none", "missing", { _ = try $0["none"].bool() }),
    ("/absent", "missing", { _ = try $0["absent"].items() }),
    ("/absent/x", "missing", { _ = try $0["absent"]["x"].string(length: 1...1) }),
    ("/list/1", "wrong_type", { _ = try $0["list"].items().map { node in try node.integer(in: 0...9) } }),
    ("/deep/a~1b/~0", "wrong_type", { _ = try $0["deep"]["a/b"]["~"].object() }),
    ("/text", "unknown_pattern", { throw $0["text"].mismatch("unknown_pattern", "must be a known pattern") }),
  ]

  @Test(arguments: complaints) func `a complaint names the field and never quotes its value`(
    pointer: String, code: String, read: @Sendable (JSONNode) throws -> Void
  ) {
    let error = #expect(throws: JSONMismatch.self) { try read(node) }
    #expect(error.map { "\($0.pointer)" } == pointer)
    #expect(error?.code == code)
    #expect(error?.detail.isEmpty == false)
    #expect(error?.detail.contains("caf\u{E9}") == false)
  }

  @Test func `members beside the known ones are found at any depth, by their exact names`() {
    func unknown(_ json: JSON, _ known: [String]) -> [String] {
      JSONNode(json).unknownMembers(beside: known).map { "\($0)" }
    }
    let known = ["/a/b", "/c", "/K"]
    #expect(unknown(["a": ["b": ["x": 1]], "c": ["y": 2], "K": nil], known) == [], "below what is known all is")
    #expect(unknown(["a": ["b": 1, "x": nil], "d": 1], known) == ["/a/x", "/d"])
    #expect(unknown(["a/b": 1, "\u{212A}": 1, "C": 1], known) == ["/a~1b", "/\u{212A}", "/C"])
    #expect(unknown(["a": [["b": 1, "x": 2]]], known) == [], "of no object; whoever reads it complains")
    #expect(unknown(7, known) == [] && unknown(["a": ["b": 1]], []) == ["/a"])
  }
}
