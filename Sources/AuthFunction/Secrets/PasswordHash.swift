import Backend
import Crypto
import CryptoExtras
import Outbox

/// A password as it is kept: scrypt, and over its result an HMAC with a key that is not in the database, so that who has
/// only the database cannot even guess. Written as a PHC string:
/// `$scrypt$ln=14,r=8,p=5,keyid=1$<salt>$<HMAC-SHA-256 of the derived key>`
struct PasswordHash: Equatable, Sendable {
  /// N = 2^14, r = 8, p = 5: 16 MiB, about 0.3 s (OWASP's password storage cheat sheet).
  struct Cost: Equatable, Sendable {
    var logN = 14, blockSize = 8, parallelism = 5
  }

  static let saltBytes = 16, tagBytes = 32
  /// Which key made the HMAC, for the day there is a second.
  private static let keyID = 1

  private let cost: Cost
  private let salt: [UInt8]
  private let tag: [UInt8]

  init(of password: String, _ vault: Vault, cost: Cost = Cost()) throws {
    let salt = RandomSecret.bytes(PasswordHash.saltBytes)
    self.init(cost: cost, salt: salt, tag: try PasswordHash.tag(password, salt, cost, vault))
  }

  private init(cost: Cost, salt: [UInt8], tag: [UInt8]) {
    self.cost = cost
    self.salt = salt
    self.tag = tag
  }

  /// Takes as long whether it is right or not.
  func matches(_ password: String, _ vault: Vault) throws -> Bool {
    isEqualInConstantTime(try PasswordHash.tag(password, salt, cost, vault), tag)
  }

  /// A hash that no password matches. Compared with where there is none, so that the answer takes as long.
  static let ofNobody = PasswordHash(
    cost: Cost(), salt: [UInt8](repeating: 0x5A, count: saltBytes), tag: [UInt8](repeating: 0, count: tagBytes))

  var isWeak: Bool { cost != Cost() }

  private static func tag(_ password: String, _ salt: [UInt8], _ cost: Cost, _ vault: Vault) throws -> [UInt8] {
    let key = try KDF.Scrypt.deriveKey(
      from: Array(password.utf8), salt: salt, outputByteCount: tagBytes, rounds: 1 << cost.logN,
      blockSize: cost.blockSize, parallelism: cost.parallelism)
    return unsafe key.withUnsafeBytes { unsafe Array(HMAC<SHA256>.authenticationCode(for: $0, using: vault.pepper)) }
  }
}

// MARK: - As text

extension PasswordHash {
  var text: String {
    let parameters = "ln=\(cost.logN),r=\(cost.blockSize),p=\(cost.parallelism),keyid=\(PasswordHash.keyID)"
    return "$scrypt$\(parameters)$\(Base64URL.standard(salt))$\(Base64URL.standard(tag))"
  }

  init?(_ text: String) {
    let parts = text.split(separator: "$", omittingEmptySubsequences: false)
    guard parts.count == 5, parts[0].isEmpty, parts[1] == "scrypt",
      let salt = Base64URL.decode(standard: parts[3]), salt.count == PasswordHash.saltBytes,
      let tag = Base64URL.decode(standard: parts[4]), tag.count == PasswordHash.tagBytes
    else { return nil }
    let parameters = parts[2].split(separator: ",").map { $0.split(separator: "=") }
    guard parameters.allSatisfy({ $0.count == 2 }), parameters.map(\.[0]) == ["ln", "r", "p", "keyid"] else {
      return nil
    }
    let values = parameters.compactMap { Int($0[1]) }
    guard values.count == 4, (10...20).contains(values[0]), (1...16).contains(values[1]), (1...16).contains(values[2]),
      values[3] == PasswordHash.keyID
    else { return nil }
    self.init(cost: Cost(logN: values[0], blockSize: values[1], parallelism: values[2]), salt: salt, tag: tag)
  }
}

extension Base64URL {
  /// The alphabet that PHC strings have: + and / in place of - and _.
  fileprivate static func standard(_ bytes: [UInt8]) -> String {
    String(encode(bytes).map { $0 == "-" ? "+" : $0 == "_" ? "/" : $0 })
  }

  fileprivate static func decode(standard text: Substring) -> [UInt8]? {
    guard !text.contains("-"), !text.contains("_") else { return nil }
    return decode(String(text.map { $0 == "+" ? "-" : $0 == "/" ? "_" : $0 }))
  }
}
