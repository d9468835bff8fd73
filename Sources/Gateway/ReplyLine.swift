internal import NIOCore
internal import StrictJSON

/// A function's line, taken apart as far as HTTP needs it; the body's own JSON stays as it was written.
struct ReplyLine {
  private(set) var statusCode: JSON?
  private(set) var headers: JSON?
  private(set) var body: ByteBuffer?

  /// - Throws: `FunctionFailure.brokeFraming` when the line is no JSON object, or has a member `error`: the platform
  ///   would then take that for the whole answer (docs/design/platform.md, "The reply").
  init(_ line: ByteBuffer) throws {
    do {
      for (name, value) in try ReplyLine.members(of: line) {
        let text = line.getSlice(at: line.readerIndex + value.lowerBound, length: value.count) ?? ByteBuffer()
        switch name {
        case "statusCode": statusCode = try ReplyLine.json(text)
        case "headers": headers = try ReplyLine.json(text)
        case "body": body = text
        case "error": throw FunctionFailure.brokeFraming("a member \"error\" in its reply")
        default: break
        }
      }
    } catch let failure as FunctionFailure {
      throw failure
    } catch {
      throw FunctionFailure.brokeFraming("a line that is no JSON object")
    }
  }

  static func json(_ text: ByteBuffer) throws(JSONSyntaxError) -> JSON {
    try JSON(parsing: Array(text.readableBytesView), limits: .trusted)
  }

  private static func members(of line: ByteBuffer) throws(JSONSkip.Malformed) -> [(name: String, value: Range<Int>)] {
    let bytes = line.readableBytesUInt8Span
    var members: [(String, Range<Int>)] = []
    var at = 0
    JSONSkip.space(bytes, &at)
    try JSONSkip.expect(UInt8(ascii: "{"), bytes, &at)
    JSONSkip.space(bytes, &at)
    while try JSONSkip.byte(bytes, at) != UInt8(ascii: "}") {
      let start = at
      try JSONSkip.string(bytes, &at)
      let name = line.getString(at: line.readerIndex + start + 1, length: at - start - 2) ?? ""
      at = start
      try JSONSkip.name(bytes, &at)
      let value = at
      try JSONSkip.value(bytes, &at)
      members.append((name, value..<at))
      JSONSkip.space(bytes, &at)
      if try JSONSkip.byte(bytes, at) == UInt8(ascii: "}") { break }
      try JSONSkip.expect(UInt8(ascii: ","), bytes, &at)
      JSONSkip.space(bytes, &at)
      guard try JSONSkip.byte(bytes, at) == UInt8(ascii: "\"") else { throw JSONSkip.Malformed() }
    }
    at += 1
    JSONSkip.space(bytes, &at)
    guard at == bytes.count else { throw JSONSkip.Malformed() }
    return members
  }
}
