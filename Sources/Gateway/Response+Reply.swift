internal import FoundationEssentials
internal import Hummingbird
internal import NIOCore
internal import StrictJSON

extension Response {
  /// What the platform makes of a function's reply (docs/design/platform.md, "The reply").
  /// - Throws: `FunctionFailure.brokeFraming`.
  init(_ reply: ReplyLine) throws {
    var headers = try HTTPFields(reply.headers)
    let body = try Response.entity(reply.body, &headers)
    let status = try Response.status(reply.statusCode, isEmpty: body.readableBytes == 0)
    self.init(status: status, headers: headers, body: body.readableBytes == 0 ? .init() : .init(byteBuffer: body))
  }

  private static func status(_ json: JSON?, isEmpty: Bool) throws -> HTTPResponse.Status {
    guard let json else { return isEmpty ? .noContent : .ok }
    guard let code = json.integer ?? json.string.flatMap({ Int64($0) }), (200...599).contains(code) else {
      throw FunctionFailure.brokeFraming("an invalid statusCode")
    }
    return HTTPResponse.Status(code: Int(code))
  }

  private static func entity(_ body: ByteBuffer?, _ headers: inout HTTPFields) throws -> ByteBuffer {
    switch body?.readableBytesView.first {
    case nil, UInt8(ascii: "n"): return empty(&headers)
    case UInt8(ascii: "\""):
      guard let body, let text = try? ReplyLine.json(body).string else {
        throw FunctionFailure.brokeFraming("a body that is no text")
      }
      return text.isEmpty ? empty(&headers) : try decoded(text, &headers)
    default:
      if headers[.contentType] == nil { headers[.contentType] = "application/json" }
      return body ?? ByteBuffer()
    }
  }

  private static func empty(_ headers: inout HTTPFields) -> ByteBuffer {
    headers[.contentType] = nil
    return ByteBuffer()
  }

  private static func decoded(_ text: String, _ headers: inout HTTPFields) throws -> ByteBuffer {
    guard let type = headers[.contentType] else {
      headers[.contentType] = "text/html; charset=utf-8"
      return ByteBuffer(string: text)
    }
    if MediaType.isText(type) { return ByteBuffer(string: text) }
    guard let data = Data(base64Encoded: text) else {
      throw FunctionFailure.brokeFraming("a binary body that is not base64")
    }
    return ByteBuffer(bytes: data)
  }
}

extension HTTPFields {
  /// Takes a string, number or boolean, or an array of them for a field that repeats. How the answer is framed is
  /// not the function's to say.
  fileprivate init(_ json: JSON?) throws {
    self.init()
    guard let json else { return }
    guard let members = json.object?.members else { throw FunctionFailure.brokeFraming("headers that are no object") }
    for (key, value) in members {
      guard let name = HTTPField.Name(key), !HTTPFields.framing.contains(name) else { continue }
      for item in value.array ?? [value] { append(HTTPField(name: name, value: item.string ?? item.text)) }
    }
  }

  private static let framing: Set<HTTPField.Name> = [.connection, .contentLength, .transferEncoding]
}

enum MediaType {
  /// Sent as it is, not as base64. To the platform, whose table is akka-http's, every image is binary, SVG too.
  static func isText(_ contentType: String) -> Bool {
    let type = contentType.prefix { $0 != ";" }.lowercased().filter { $0 != " " }
    let isXML = type.hasSuffix("+xml") && !type.hasPrefix("image/")
    return type.hasPrefix("text/") || type.hasSuffix("+json") || isXML || textual.contains(type)
  }

  private static let textual: Set<String> = [
    "application/json", "application/xml", "application/javascript", "application/x-www-form-urlencoded",
    "application/yaml", "application/openmetrics-text",
  ]
}
