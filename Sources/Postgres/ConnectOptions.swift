internal import CLibpq

/// libpq's options for one connection: those of the URL, and over them those that are not the URL's to choose.
package struct ConnectOptions {
  package private(set) var values: [String: String]

  /// - Parameter caPath: file with the certificates to trust; nil when TLS is left to the URL.
  package init(_ configuration: PostgresConfiguration, caPath: String?) throws(PostgresError) {
    values = try Self.parse(configuration.url)
    values.merge(Self.fixed) { _, fixed in fixed }
    values["application_name"] = configuration.applicationName
    guard let caPath else { return }
    values["sslmode"] = "verify-full"
    values["sslrootcert"] = caPath
    values["ssl_min_protocol_version"] = "TLSv1.2"
  }

  /// Times in seconds, but `tcp_user_timeout` in milliseconds: the same five seconds as the probes' interval.
  private static let fixed = [
    "client_encoding": "UTF8",
    "gssencmode": "disable",
    "target_session_attrs": "read-write",
    "tcp_user_timeout": "5000",
    "keepalives": "1", "keepalives_idle": "30", "keepalives_interval": "5", "keepalives_count": "3",
  ]

  /// libpq quotes the URL in its complaints, so those are dropped.
  private static func parse(_ url: String) throws(PostgresError) -> [String: String] {
    guard !url.utf8.contains(0), let first = unsafe PQconninfoParse(url, nil) else {
      throw PostgresError(.malformedURL)
    }
    defer { unsafe PQconninfoFree(first) }
    var values: [String: String] = [:]
    var option = unsafe first
    while let keyword = unsafe option.pointee.keyword {
      if let value = unsafe option.pointee.val { unsafe values[String(cString: keyword)] = String(cString: value) }
      unsafe option += 1
    }
    return values
  }

  /// Begins to connect; nil when memory is exhausted.
  func start() -> OpaquePointer? {
    let pairs = values.sorted { $0.key < $1.key }
    return unsafe withCStrings(pairs.map(\.key)) { keywords in
      unsafe withCStrings(pairs.map(\.value)) { values in
        unsafe PQconnectStartParams(keywords, values, 0)
      }
    }
  }
}

/// Lends `texts` as a C array that ends with a null pointer.
private func withCStrings<Result>(
  _ texts: [String], _ body: (UnsafePointer<UnsafePointer<CChar>?>) -> Result
) -> Result {
  let bytes = texts.map { Array($0.utf8CString) }
  let offsets = bytes.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.count) }
  return unsafe bytes.flatMap(\.self).withUnsafeBufferPointer { buffer in
    var pointers = unsafe offsets.dropLast().map { offset in unsafe buffer.baseAddress.map { unsafe $0 + offset } }
    unsafe pointers.append(nil)
    return unsafe pointers.withUnsafeBufferPointer { unsafe body($0.baseAddress!) }
  }
}
