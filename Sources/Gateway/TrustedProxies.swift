internal import Hummingbird

/// Whose word about the caller's address counts. Without any, the caller is whoever is connected to us: what a stranger
/// writes into a header must neither spend another's limits nor escape his own.
///
/// Written as a list: addresses and networks of proxies (`127.0.0.1, 10.0.0.0/8, fd00::/8`), or the number of proxies
/// that a request passes (`1`), or the field of a platform that nobody can go around (`do-connecting-ip`), alone or with
/// networks.
package struct TrustedProxies: Sendable {
  package static let variable = "BREATH_TRUSTED_PROXIES"

  /// What is wrong with the list, and what it may be.
  package struct Mistake: Error, Sendable, Equatable, CustomStringConvertible {
    let entry: String

    package var description: String {
      """
      \(TrustedProxies.variable): "\(entry)" is none of: an address, a network like 10.0.0.0/8, a number of proxies \
      (alone, 1 to \(TrustedProxies.hopsMax)), \(TrustedProxies.fields.map(\.canonicalName).joined(separator: ", "))
      """
    }
  }

  static let hopsMax = 16
  /// Set by a platform's own proxy, one address each, whatever the caller sent.
  static let fields: [HTTPField.Name] = [
    "do-connecting-ip", "cf-connecting-ip", "fly-client-ip", "true-client-ip", "x-real-ip",
  ].compactMap { HTTPField.Name($0) }

  private var networks: [IPNetwork] = []
  private var hops: Int?
  private var field: HTTPField.Name?

  package static let none = TrustedProxies()

  private init() {}

  /// - Parameter list: of the environment; nil, nothing and `none` trust nobody.
  package init(_ list: String?) throws(Mistake) {
    let entries = (list ?? "").split(separator: ",").map { $0.filter { $0 != " " && $0 != "\t" } }
      .filter { !$0.isEmpty && $0 != "none" }
    for entry in entries {
      if let network = IPNetwork(entry) {
        networks.append(network)
      } else if let name = HTTPField.Name(entry), TrustedProxies.fields.contains(name), field == nil {
        field = name
      } else if let count = Int(entry), (1...TrustedProxies.hopsMax).contains(count), entries.count == 1 {
        hops = count
      } else {
        throw Mistake(entry: entry)
      }
    }
  }

  var isEmpty: Bool { networks.isEmpty && hops == nil && field == nil }

  /// Whether this may be a proxy, whose connections carry many people's requests.
  func mayBeProxy(_ peer: IPAddress) -> Bool {
    networks.isEmpty ? !isEmpty : networks.contains { $0.contains(peer) }
  }

  /// Who made the request: the last hop that is no proxy of ours; the peer where that cannot be read.
  func client(of fields: HTTPFields, from peer: IPAddress) -> IPAddress {
    guard mayBeProxy(peer) else { return peer }
    if let field { return fields[values: field].onlyElement.flatMap { IPAddress($0) } ?? peer }
    let lists = [
      ForwardedFor.hops(forwardedFor: fields[values: .xForwardedFor]),
      ForwardedFor.hops(forwarded: fields[values: .forwarded]),
    ].filter { !$0.isEmpty }
    // A proxy writes one of the two and lets the other through as it came, so when they disagree one is made up.
    let clients = Set(lists.map { client(through: $0, from: peer) })
    return clients.onlyElement ?? peer
  }

  /// - Parameter path: from the farthest to the nearest, nil where it is no address.
  private func client(through path: [IPAddress?], from peer: IPAddress) -> IPAddress {
    if let hops { return path.suffix(hops).first.flatMap { $0 } ?? peer }
    for hop in path.reversed() {
      guard let hop else { return peer }
      if !networks.contains(where: { $0.contains(hop) }) { return hop }
    }
    return path.first.flatMap { $0 } ?? peer
  }
}

extension Collection {
  /// Nil when there are none or several.
  fileprivate var onlyElement: Element? { count == 1 ? first : nil }
}

/// The two ways of writing the hops that a request came through.
enum ForwardedFor {
  /// The hops that `X-Forwarded-For` names: addresses, some with a port; empty elements are none (RFC 9110, 5.6.1).
  static func hops(forwardedFor values: [String]) -> [IPAddress?] {
    values.flatMap { $0.split(separator: ",") }.map { trimmed($0) }.filter { !$0.isEmpty }.map { address($0) }
  }

  /// The hops that `Forwarded` names (RFC 7239, 4): the elements' `for`. One without, or with a name made up for privacy,
  /// is a hop that is no address.
  static func hops(forwarded values: [String]) -> [IPAddress?] {
    values.flatMap { pieces(of: $0[...], at: ",") }.map { element in
      let nodes = pieces(of: element, at: ";").compactMap { pair -> Substring? in
        let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        return parts.count == 2 && trimmed(parts[0]).lowercased() == "for" ? trimmed(parts[1]) : nil
      }
      return nodes.count == 1 ? address(unquoted(nodes[0])) : nil
    }
  }

  /// `192.0.2.1`, `192.0.2.1:4711`, `2001:db8::1`, `[2001:db8::1]`, `[2001:db8::1]:4711`.
  private static func address(_ node: Substring) -> IPAddress? {
    if node.first == "[" {
      guard let end = node.firstIndex(of: "]") else { return nil }
      let rest = node[node.index(after: end)...]
      let inside = node[node.index(after: node.startIndex)..<end]
      return inside.contains(":") && (rest.isEmpty || isPort(rest)) ? IPAddress(inside) : nil
    }
    if let colon = node.firstIndex(of: ":"), node.lastIndex(of: ":") == colon {
      return isPort(node[colon...]) ? IPAddress(node[..<colon]) : nil
    }
    return IPAddress(node)
  }

  private static func isPort(_ text: Substring) -> Bool {
    text.first == ":" && (2...6).contains(text.utf8.count)
      && text.utf8.dropFirst().allSatisfy { (0x30...0x39).contains($0) }
  }

  /// Split where the separator stands outside of quotes.
  private static func pieces(of text: Substring, at separator: Character) -> [Substring] {
    var pieces: [Substring] = []
    var (start, isQuoted, isEscaped) = (text.startIndex, false, false)
    for index in text.indices {
      if isEscaped {
        isEscaped = false
      } else if isQuoted, text[index] == "\\" {
        isEscaped = true
      } else if text[index] == "\"" {
        isQuoted.toggle()
      } else if text[index] == separator, !isQuoted {
        pieces.append(text[start..<index])
        start = text.index(after: index)
      }
    }
    return (pieces + [text[start...]]).filter { !trimmed($0).isEmpty }
  }

  private static func unquoted(_ text: Substring) -> Substring {
    text.count >= 2 && text.first == "\"" && text.last == "\"" ? text.dropFirst().dropLast() : text
  }

  private static func trimmed(_ text: Substring) -> Substring {
    let isSpace = { (character: Character) in character == " " || character == "\t" }
    let end = text.lastIndex { !isSpace($0) }.map { text.index(after: $0) } ?? text.startIndex
    return text[..<end].drop(while: isSpace)
  }
}
