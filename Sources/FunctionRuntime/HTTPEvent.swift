import FoundationEssentials
import StrictJSON

/// The request as the platform describes it, before anything in it is checked. `web: raw` gives it as it came in;
/// from `web: true`, which has merged query and body into the event, both are put together again as far as they go.
struct HTTPEvent {
  static let bodyBytesMax = 1_048_576

  let method: String
  let path: String
  let headers: Headers
  let queryString: String
  let body: String
  let isBase64Encoded: Bool

  init(_ event: JSON) {
    let http = event["http"] ?? [:]
    method = http["method"]?.string ?? ""
    path = http["path"]?.string ?? ""
    headers = Headers(event: http["headers"])
    let isRaw = ["body", "queryString", "isBase64Encoded"].contains { http[$0] != nil }
    let merged = HTTPEvent.merged(event)
    if isRaw {
      queryString = http["queryString"]?.string ?? ""
      body = http["body"].map { $0.string ?? $0.text } ?? ""
      isBase64Encoded = http["isBase64Encoded"]?.bool ?? false
    } else if let rest = event["__ow_body"]?.string {
      queryString = HTTPEvent.encoded(merged)
      body = rest
      isBase64Encoded = event["__ow_isBase64Encoded"]?.bool ?? false
    } else {
      queryString = HTTPEvent.encoded(merged)
      body = HTTPEvent.body(merged, method: HTTPMethod(method), headers.mediaType)
      isBase64Encoded = false
    }
  }

  private static func merged(_ event: JSON) -> JSONObject {
    let members = event.object?.members ?? []
    return JSONObject(members.filter { $0.key != "http" && !$0.key.hasPrefix("__ow_") })
  }

  /// The texts among them: query values always are.
  private static func encoded(_ merged: JSONObject) -> String {
    merged.members
      .compactMap { member in
        member.value.string.map { "\(percentEncoded(member.key))=\(percentEncoded($0))" }
      }
      .joined(separator: "&")
  }

  private static func body(_ merged: JSONObject, method: HTTPMethod?, _ mediaType: String?) -> String {
    switch method {
    case .get, .head, .options, nil: ""
    case .post, .put, .patch, .delete:
      if merged.count == 0 {
        ""
      } else if mediaType == "application/x-www-form-urlencoded" {
        encoded(merged)
      } else {
        JSON.object(merged).asSent.text
      }
    }
  }
}

// MARK: - Checked

extension HTTPEvent {
  /// The components after the function's name. One slash at the end makes no difference; an empty component inside
  /// stays, and fits no route.
  func components() throws(Problem) -> [String] {
    var parts = path.split(separator: "/", omittingEmptySubsequences: false)
    if parts.first?.isEmpty == true { parts.removeFirst() }
    if parts.last?.isEmpty == true { parts.removeLast() }
    var components: [String] = []
    for part in parts {
      guard let component = percentDecoded(part, plusIsSpace: false) else {
        throw Problem(400, code: "invalid_path", detail: "The path is not percent-encoded UTF-8.")
      }
      components.append(component)
    }
    return components
  }

  /// - Throws: 415 for a compressed body, 413 beyond `bodyBytesMax`, 400 when the base64 is broken.
  func bodyBytes() throws(Problem) -> [UInt8] {
    if let coding = headers["content-encoding"], !["", "identity"].contains(coding.trimmed.asciiLowercased) {
      throw Problem(415, code: "unsupported_encoding", detail: "The body must not be compressed.")
    }
    guard isBase64Encoded else { return try HTTPEvent.limited(Array(body.utf8)) }
    guard body.utf8.count <= HTTPEvent.bodyBytesMax / 3 * 4 + 4 else { throw HTTPEvent.tooLarge }
    guard let data = Data(base64Encoded: body) else {
      throw Problem(400, code: "invalid_body", detail: "The body is not base64, though the event says so.")
    }
    return try HTTPEvent.limited(Array(data))
  }

  private static func limited(_ bytes: [UInt8]) throws(Problem) -> [UInt8] {
    guard bytes.count <= bodyBytesMax else { throw tooLarge }
    return bytes
  }

  private static let tooLarge = Problem(
    413, code: "content_too_large", detail: "The body may have at most \(bodyBytesMax) bytes.")
}
