import StrictJSON

/// The headers of a request; names without regard to case, repeated ones joined by a comma (RFC 9110, 5.3).
package struct Headers: Sendable, Equatable {
  private var values: [String: String] = [:]

  package init(_ pairs: [(String, String)] = []) {
    for (name, value) in pairs {
      let key = name.asciiLowercased
      values[key] = values[key].map { "\($0), \(value)" } ?? value
    }
  }

  package subscript(name: String) -> String? { values[name.asciiLowercased] }

  /// The media type without parameters, lower case; nil when the request names none.
  package var mediaType: String? {
    self["content-type"].flatMap(Headers.mediaType)
  }

  /// Whether the body is said to be JSON; none at all is taken for it.
  package var isJSON: Bool {
    mediaType.map { $0 == "application/json" || $0.hasSuffix("+json") } ?? true
  }

  /// The same of the header's value.
  static func mediaType(_ contentType: String) -> String? {
    let essence = String(Substring(contentType.utf8.prefix { $0 != UInt8(ascii: ";") })).trimmed.asciiLowercased
    return essence.isEmpty ? nil : essence
  }
}

extension Headers {
  /// As an event carries them; what is no string is no header.
  init(event json: JSON?) {
    self.init(
      (json?.object?.members ?? []).flatMap { member -> [(String, String)] in
        let values = member.value.array ?? [member.value]
        return values.compactMap(\.string).map { (member.key, $0) }
      })
  }
}
