internal import FoundationEssentials
internal import Hummingbird
internal import StrictJSON

/// On whose behalf a request waits, so that one cannot take all the places. It is what the request says of itself, not
/// checked: the function will not work long for a made-up one.
enum Caller: Hashable, Sendable {
  /// The account that an access token names.
  case account(String)
  /// An API key, or whatever else stands in Authorization: its hash.
  case credential(Int)
  case address(IPAddress)
  case unknown

  private static let tokenBytesMax = 4096

  init(_ fields: HTTPFields, from address: IPAddress?) {
    if let credential = fields[.authorization] {
      self = Caller.account(in: credential).map { .account($0) } ?? .credential(credential.hashValue)
    } else {
      self = address.map { .address($0.customer) } ?? .unknown
    }
  }

  /// Whether more is known of it than an address, behind which many may be.
  var isOne: Bool {
    switch self {
    case .account, .credential: true
    case .address, .unknown: false
    }
  }

  /// `sub` of a JSON Web Token.
  private static func account(in credential: String) -> String? {
    guard credential.utf8.count <= tokenBytesMax, credential.prefix(7).lowercased() == "bearer " else { return nil }
    let parts = credential.dropFirst(7).split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 3 else { return nil }
    let base64 = String(
      parts[1].map { character in
        switch character {
        case "-": "+"
        case "_": "/"
        default: character
        }
      })
    let padding = String(repeating: "=", count: (4 - base64.utf8.count % 4) % 4)
    guard let data = Data(base64Encoded: base64 + padding) else { return nil }
    return (try? JSON(parsing: Array(data), limits: .request))?["sub"]?.string
  }
}
