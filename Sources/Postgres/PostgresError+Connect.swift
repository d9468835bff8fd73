extension PostgresError {
  /// Why a connection was not made. libpq 15 tells it only by a text, which names hosts and users and may quote
  /// a server that has not yet proved who it is; so that text is sorted here and dropped.
  /// - Parameter libpqMessage: made with `PQERRORS_SQLSTATE`, where the server's own words are "FATAL:  28P01".
  package init(libpqMessage text: String) {
    if let sqlState = Self.sqlState(in: text) {
      self.init(sqlState == "25006" ? .readOnlyServer : .server)
      self.sqlState = sqlState
      return
    }
    self.init(Self.signs.first { text.contains($0.sign) }?.kind ?? .connectFailed)
  }

  /// In order: a failed TLS handshake can also say that the server closed the connection.
  private static let signs: [(sign: String, kind: Kind)] = [
    ("SSL", .tlsFailed), ("certificate", .tlsFailed),
    ("read-only", .readOnlyServer), ("hot standby", .readOnlyServer),
    ("Connection refused", .unreachable), ("No such file", .unreachable), ("could not translate", .unreachable),
    ("No route", .unreachable), ("unreachable", .unreachable), ("timed out", .unreachable),
    ("reset by peer", .unreachable), ("closed the connection", .unreachable),
  ]

  /// The last of the codes, for a URL that names several hosts.
  private static func sqlState(in text: String) -> String? {
    let codes = text.split(separator: "\n").compactMap { line -> String? in
      let code = line.suffix(5)
      let isCode = code.utf8.allSatisfy { (48...57).contains($0) || (65...90).contains($0) }
      return isCode && line.dropLast(5).hasSuffix(":  ") ? String(code) : nil
    }
    return codes.last
  }
}
