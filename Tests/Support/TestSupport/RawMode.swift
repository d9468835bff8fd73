package import StrictJSON

/// HTTP as the platform's raw mode hands it to a function, and as a function answers.
package enum RawMode {
  package static func event(
    _ method: String, _ path: String, query: String = "", headers: [String: String] = [:], body: String = "",
    isBase64Encoded: Bool = false
  ) -> JSON {
    let headers = JSONObject(headers.sorted { $0.key < $1.key }.map { (key: $0.key, value: JSON.string($0.value)) })
    return [
      "http": [
        "method": .string(method), "path": .string(path), "queryString": .string(query), "headers": .object(headers),
        "body": .string(body), "isBase64Encoded": .bool(isBase64Encoded),
      ]
    ]
  }

  /// - Parameter name: in any case.
  package static func header(_ name: String, of answer: JSON) -> String? {
    answer["headers"]?.object?.members.first { $0.key.lowercased() == name.lowercased() }?.value.string
  }
}
