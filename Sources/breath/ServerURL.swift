internal import ArgumentParser
internal import FoundationEssentials

/// Where a server is: the part before `/v1/…`, without a slash at the end.
struct ServerURL: Hashable, ExpressibleByArgument, CustomStringConvertible {
  let text: String
  var description: String { text }

  static let standard = ServerURL(text: "http://127.0.0.1:8787")

  private init(text: String) { self.text = text }

  init?(argument: String) {
    guard let url = URL(string: argument), let scheme = url.scheme?.lowercased(), ["http", "https"].contains(scheme),
      let host = url.host(), !host.isEmpty, url.user == nil, url.query == nil, url.fragment == nil
    else { return nil }
    let rest = argument.dropFirst(scheme.count)
    text = scheme + rest.prefix(3 + host.count).lowercased() + rest.dropFirst(3 + host.count).trimmingSlashes
  }
}

extension Substring {
  fileprivate var trimmingSlashes: Substring {
    lastIndex { $0 != "/" }.map { self[...$0] } ?? ""
  }
}
