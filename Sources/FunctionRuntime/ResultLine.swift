import FoundationEssentials
import StrictJSON

/// A reply that the platform would not pass on as it is meant.
enum InvalidReply: Error, Equatable {
  case status(Int)
  case header(name: String)
  /// JSON that is no object and no array: the platform may take it for base64.
  case scalarBody
  /// JSON under another content type, or another body under JSON's.
  case contentType
  /// The result of an invocation is no object, or has a member `error`, which the platform reads as a failure.
  case invocationResult
  case tooLarge(bytes: Int)
}

/// The line that answers an event: one JSON object, one line feed at the end and none inside, 1 MiB at most.
enum ResultLine {
  static let bytesMax = 1_048_576

  static func bytes(_ reply: Reply) throws(InvalidReply) -> [UInt8] {
    guard (200...599).contains(reply.status) else { throw .status(reply.status) }
    var line = JSONObject([("statusCode", JSON(reply.status)), ("headers", .object(try headers(of: reply)))])
    if let body = try body(of: reply) { line["body"] = body }
    return try bytes(.object(line))
  }

  static func bytes(invocationResult result: JSON) throws(InvalidReply) -> [UInt8] {
    var object = result.object
    if case .raw(let text) = result { object = (try? JSON(parsing: text, limits: .trusted))?.object }
    guard let object, object["error"] == nil else { throw .invocationResult }
    return try bytes(.object(object))
  }

  private static func bytes(_ json: JSON) throws(InvalidReply) -> [UInt8] {
    var bytes = json.encoded
    guard bytes.count < bytesMax else { throw .tooLarge(bytes: bytes.count + 1) }
    // JSON that PostgreSQL made may be broken into lines; inside of strings a line feed is always escaped.
    let (lineFeed, carriageReturn) = (UInt8(ascii: "\n"), UInt8(ascii: "\r"))
    if firstIndex(of: lineFeed, in: bytes) != nil || firstIndex(of: carriageReturn, in: bytes) != nil {
      for index in bytes.indices where bytes[index] == lineFeed || bytes[index] == carriageReturn {
        bytes[index] = UInt8(ascii: " ")
      }
    }
    bytes.append(UInt8(ascii: "\n"))
    return bytes
  }
}

// MARK: - Headers

extension ResultLine {
  /// Repeated headers become one value with commas, but Set-Cookie an array (RFC 9110, 5.3).
  private static func headers(of reply: Reply) throws(InvalidReply) -> JSONObject {
    var groups: [(key: String, name: String, values: [String])] = []
    for (name, value) in reply.headers {
      guard isToken(name), isFieldValue(value) else { throw .header(name: name) }
      let key = name.asciiLowercased
      if let place = groups.firstIndex(where: { $0.key == key }) {
        groups[place].values.append(value)
      } else {
        groups.append((key, name, [value]))
      }
    }
    return JSONObject(
      groups.map { key, name, values in
        let isList = key == "set-cookie" && values.count > 1
        return (name, isList ? .array(values.map(JSON.string)) : .string(values.joined(separator: ", ")))
      })
  }

  private static func isToken(_ name: String) -> Bool {
    !name.isEmpty
      && name.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
          true
        default: "!#$%&'*+.^_`|~".utf8.contains(byte)
        }
      }
  }

  private static func isFieldValue(_ value: String) -> Bool {
    value.utf8.allSatisfy { (0x20...0x7E).contains($0) || $0 == UInt8(ascii: "\t") }
  }
}

// MARK: - Body

extension ResultLine {
  private static func body(of reply: Reply) throws(InvalidReply) -> JSON? {
    let mediaType = contentType(of: reply).flatMap(Headers.mediaType)
    let isJSON = mediaType == "application/json" || mediaType?.hasSuffix("+json") == true
    switch reply.body {
    case .none: return nil
    case .json(let json):
      guard isJSON else { throw .contentType }
      guard isContainer(json) else { throw .scalarBody }
      return json
    case .text(let text):
      guard let mediaType, !isJSON else { throw .contentType }
      return .string(isTextual(mediaType) ? text : Data(text.utf8).base64EncodedString())
    case .bytes(let bytes):
      guard let mediaType, !isJSON, !isTextual(mediaType) else { throw .contentType }
      return .string(Data(bytes).base64EncodedString())
    }
  }

  private static func contentType(of reply: Reply) -> String? {
    reply.headers.first { $0.0.asciiLowercased == "content-type" }?.1
  }

  private static func isContainer(_ json: JSON) -> Bool {
    switch json {
    case .object, .array: true
    case .raw(let text): text.utf8.first { !" \t\r\n".utf8.contains($0) }.map { "{[".utf8.contains($0) } ?? false
    case .null, .bool, .integer, .double, .string, .damaged: false
    }
  }

  /// The types the platform sends as they are; it decodes all others, `image/svg+xml` too, from base64.
  /// - Source: apache/openwhisk, WebActions.scala `interpretHttpResponse`; akka-http, MediaTypes.scala.
  private static func isTextual(_ mediaType: String) -> Bool {
    mediaType.hasPrefix("text/")
      || ["application/xml", "application/javascript", "application/x-www-form-urlencoded"].contains(mediaType)
  }
}
