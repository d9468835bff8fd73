internal import ArgumentParser
internal import FoundationEssentials

/// Where a server is: the part before `/v1/…`, without a slash at the end.
struct ServerURL: Hashable, CustomStringConvertible {
  let text: String
  var description: String { text }

  static let standard = ServerURL(text: "http://127.0.0.1:8787")

  private init(text: String) { self.text = text }

  init(parsing argument: String) throws {
    guard let url = URL(string: argument), let scheme = url.scheme?.lowercased(), ["http", "https"].contains(scheme),
      let host = url.host(), !host.isEmpty, url.user == nil, url.query == nil, url.fragment == nil
    else { throw ValidationError("It must be like https://breath.example.org, or \(ServerURL.standard).") }
    let rest = argument.dropFirst(scheme.count)
    text = scheme + rest.prefix(3 + host.count).lowercased() + rest.dropFirst(3 + host.count).trimmingSlashes
  }
}

extension Substring {
  fileprivate var trimmingSlashes: Substring {
    lastIndex { $0 != "/" }.map { self[...$0] } ?? ""
  }
}
