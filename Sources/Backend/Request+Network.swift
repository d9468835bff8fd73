import FunctionRuntime

extension Request {
  /// The network a request comes from, as far as the platform's last hop tells: an address, for IPv6 its first 64 bits, of
  /// which one person has all. What is no address is taken as it is.
  package var network: String {
    guard let address = IPAddress(lastHop) else { return lastHop }
    return address.isV4 ? "\(address)" : "\(address.prefix(bits: 64))/64"
  }

  /// What a person may be shown of it: where about, and not which machine.
  package var coarseNetwork: String {
    guard let address = IPAddress(lastHop) else { return Request.unknown }
    let bits = address.isV4 ? 24 : 48
    return "\(address.prefix(bits: bits))/\(bits)"
  }

  private static let unknown = "unknown"

  private var lastHop: String {
    let hops = (headers["x-forwarded-for"] ?? "").split(separator: ",")
    return headers["cf-connecting-ip"] ?? hops.last.map { String($0) } ?? Request.unknown
  }
}
