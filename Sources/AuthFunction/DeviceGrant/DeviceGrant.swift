import Backend
import Crypto
import FoundationEssentials

/// The two codes of a device grant (RFC 8628), and what they are stored as.
enum DeviceGrant {
  static let grantType = "urn:ietf:params:oauth:grant-type:device_code"
  static let lifetimeSeconds = 600.0
  static let intervalSeconds = 5

  /// What the device keeps to itself: 256 random bits, `bm_d_` in front so that secret scanners know it.
  struct DeviceCode {
    private static let prefix = "bm_d_"
    private let bytes: [UInt8]

    var text: String { DeviceCode.prefix + Base64URL.encode(bytes) }
    var hash: [UInt8] { Array(SHA256.hash(data: bytes)) }

    static func random() -> DeviceCode { DeviceCode(bytes: RandomSecret.bytes(32)) }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    init?(_ text: String) {
      guard text.hasPrefix(DeviceCode.prefix), text.utf8.count < 64,
        let bytes = Base64URL.decode(String(text.dropFirst(DeviceCode.prefix.count))), bytes.count == 32
      else { return nil }
      self.bytes = bytes
    }
  }

  /// `BCDF-GHJK`, what a person types: eight of twenty consonants, so that no word comes out (RFC 8628, 6.1).
  struct UserCode: Equatable {
    private static let alphabet = Array("BCDFGHJKLMNPQRSTVWXZ"), count = 8
    private let symbols: String

    var text: String { "\(symbols.prefix(4))-\(symbols.suffix(4))" }

    static func random() -> UserCode {
      UserCode(symbols: String((0..<count).map { _ in alphabet[Int.random(in: alphabet.indices)] }))
    }

    private init(symbols: String) { self.symbols = symbols }

    /// However it was typed or pasted. Nil when it cannot be a code.
    init?(_ text: String) {
      symbols = TypedCode.symbols(in: text, of: UserCode.alphabet)
      guard symbols.count == UserCode.count else { return nil }
    }

    /// With a key that the database does not have: 34 bits alone could be tried through.
    func hash(_ key: SymmetricKey) -> [UInt8] {
      Array(HMAC<SHA256>.authenticationCode(for: Array("user code \(symbols)".utf8), using: key))
    }
  }
}

/// Who types wrong codes, and how many are too many within ten minutes: what is tried is never worth more tries.
struct CodeTries {
  private static let networkMax: Int32 = 5, accountMax: Int32 = 5, allMax: Int32 = 1000

  let subjects: [[UInt8]]
  let maxima: [Int32] = [networkMax, accountMax, allMax]

  /// From the narrowest on.
  init(network: String, account: AccountID) {
    subjects = ["network \(network)", "account \(account.uuid.lowercased)", "all"].map {
      Array(SHA256.hash(data: Array("wrong code \($0)".utf8)))
    }
  }
}
