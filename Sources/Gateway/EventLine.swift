internal import FoundationEssentials
internal import Hummingbird
internal import NIOCore
internal import StrictJSON

/// A request as the line that a function with `web: raw` gets (docs/design/platform.md, "The event").
struct EventLine {
  let head: HTTPRequest
  let path: String
  let query: String
  let body: ByteBuffer
  /// Where the request comes from, as far as it can be believed.
  let client: IPAddress?
  let activation: String
  let function: Function
  let limit: Duration

  /// - Returns: the line with its line feed. The deadline counts from now.
  func encoded() -> ByteBuffer {
    var out: [UInt8] = []
    out.reserveCapacity(1024 + body.readableBytes + body.readableBytes / 8)
    out.append(contentsOf: #"{"value":{"http":{"method":"#.utf8)
    JSON.write(head.method.rawValue, into: &out)
    out.append(contentsOf: #","path":"#.utf8)
    JSON.write(path, into: &out)
    out.append(contentsOf: #","queryString":"#.utf8)
    JSON.write(query, into: &out)
    writeHeaders(into: &out)
    writeBody(into: &out)
    out.append(contentsOf: #"}},"activation_id":"#.utf8)
    JSON.write(activation, into: &out)
    out.append(contentsOf: #","transaction_id":"#.utf8)
    JSON.write(activation, into: &out)
    out.append(contentsOf: #","action_name":"#.utf8)
    JSON.write(function.actionName, into: &out)
    out.append(contentsOf: #","namespace":""#.utf8)
    out.append(contentsOf: Function.namespace.utf8)
    out.append(contentsOf: #"","deadline":""#.utf8)
    out.append(contentsOf: String(deadlineMs).utf8)
    out.append(contentsOf: "\"}\n".utf8)
    return ByteBuffer(bytes: out)
  }

  private var deadlineMs: Int64 {
    Int64(Date.now.timeIntervalSince1970 * 1000) + limit.components.seconds * 1000
      + limit.components.attoseconds / 1_000_000_000_000_000
  }

  private func writeHeaders(into out: inout [UInt8]) {
    out.append(contentsOf: #","headers":{"host":"#.utf8)
    JSON.write(head.authority ?? "", into: &out)
    if let client {
      out.append(contentsOf: #","x-forwarded-for":"#.utf8)
      JSON.write("\(client)", into: &out)
    }
    // Who calls is ours to say; a function believes these.
    var written: Set<HTTPField.Name> = [.host, .xForwardedFor, .forwarded, .connectingAddress]
    for field in head.headerFields where written.insert(field.name).inserted {
      out.append(UInt8(ascii: ","))
      JSON.write(field.name.canonicalName, into: &out)
      out.append(UInt8(ascii: ":"))
      JSON.write(head.headerFields[field.name] ?? field.value, into: &out)
    }
    out.append(UInt8(ascii: "}"))
  }

  /// As text, unless it is none: bytes that are not UTF-8, or a NUL, which strict readers refuse.
  private func writeBody(into out: inout [UInt8]) {
    let bytes = body.readableBytesView
    let text = bytes.contains(0) ? nil : String(validating: bytes, as: UTF8.self)
    out.append(contentsOf: #","body":"#.utf8)
    JSON.write(text ?? Data(bytes).base64EncodedString(), into: &out)
    out.append(contentsOf: (text == nil ? #","isBase64Encoded":true"# : #","isBase64Encoded":false"#).utf8)
  }
}

/// Hummingbird re-exports only the list of them.
typealias HTTPField = HTTPFields.Element

extension HTTPField.Name {
  static let host = HTTPField.Name("host")!
  static let xForwardedFor = HTTPField.Name("x-forwarded-for")!
  static let origin = HTTPField.Name("origin")!
  static let forwarded = HTTPField.Name("forwarded")!
  /// Set by the network in front of the real platform.
  static let connectingAddress = HTTPField.Name("cf-connecting-ip")!
}
