import StrictJSON
import Testing

@Suite struct LimitTests {
  typealias Case = (String, JSONSyntaxError.Code?)

  private let limits = JSONLimits(depthMax: 3, itemsMax: 4, keysMax: 20, stringBytesMax: 6)

  private func code(_ text: String) -> JSONSyntaxError.Code? {
    do {
      _ = try JSON(parsing: text, limits: limits)
      return nil
    } catch { return error.code }
  }

  @Test(
    arguments: [("[[[1]]]", nil), ("[[[[]]]]", .tooDeep), (#"{"a":[{}]}"#, nil), (#"{"a":[{"b":[]}]}"#, .tooDeep)]
      as [Case])
  func `depth counts arrays and objects`(text: String, expected: JSONSyntaxError.Code?) {
    #expect(code(text) == expected)
  }

  @Test(arguments: [("[1,2,3,4]", nil), ("[1,2,3,4,5]", .tooManyItems), ("[[1,2,3,4],[1,2,3,4]]", nil)] as [Case])
  func `items are counted in each array`(text: String, expected: JSONSyntaxError.Code?) {
    #expect(code(text) == expected)
  }

  @Test(arguments: [(20, nil), (21, JSONSyntaxError.Code.tooManyKeys)])
  func `keys are counted in each object`(count: Int, expected: JSONSyntaxError.Code?) {
    let members = (0..<count).map { "\"k\($0)\":\($0)" }.joined(separator: ",")
    #expect(code("{\(members)}") == expected)
  }

  @Test(
    arguments: [
      (#""123456""#, nil), (#""1234567""#, .stringTooLong), (#""\u20ac\u20ac""#, nil),
      (#""\u20ac\u20ac1""#, .stringTooLong),
      ("\"\u{20AC}\u{20AC}\"", nil), ("\"\u{20AC}\u{20AC}1\"", .stringTooLong), (#"{"1234567":1}"#, .stringTooLong),
    ] as [Case])
  func `a string is measured in bytes after unescaping, keys too`(text: String, expected: JSONSyntaxError.Code?) {
    #expect(code(text) == expected)
  }

  @Test(arguments: [(40, nil), (41, JSONSyntaxError.Code.numberOutOfRange)])
  func `a number may have 40 bytes`(count: Int, expected: JSONSyntaxError.Code?) {
    #expect(code("0." + String(repeating: "1", count: count - 2)) == expected)
  }

  @Test func `a limit is told from wrong syntax`() {
    for (text, isLimit) in [
      ("[[[[", true), ("[1,1,1,1,1", true), (#""1234567""#, true), ("[", false), ("1e999", false),
      (#"{"a":1,"a":2}"#, false),
    ] {
      let error = #expect(throws: JSONSyntaxError.self) { try JSON(parsing: text, limits: limits) }
      #expect(error?.isLimit == isLimit)
    }
  }

  @Test func `a million brackets end at the limit, not at the end of the stack`() {
    for bracket in ["[", "{\"a\":"] {
      let bomb = String(repeating: bracket, count: 1_000_000)
      let error = #expect(throws: JSONSyntaxError.self) { try JSON(parsing: bomb, limits: .trusted) }
      #expect(error?.code == .tooDeep)
    }
  }

  @Test func `the limits of requests and imports are those of the design`() {
    #expect(JSONLimits.request.depthMax == 8 && JSONLimits.request.itemsMax == 500)
    #expect(JSONLimits.importFile.itemsMax == 10_000 && JSONLimits.importFile.depthMax == 8)
  }
}
