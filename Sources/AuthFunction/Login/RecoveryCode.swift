import Backend
import Crypto

/// `K7F3Q-29XW4-TD6HM-PBCNR`: twenty of thirty letters and digits that cannot be taken for one another, 98 bits. The second
/// way in when the password is lost; each works once.
struct RecoveryCode: Hashable, Sendable {
  static let perAccount = 10
  private static let alphabet = Array("23456789ABCDEFGHJKMNPQRSTVWXYZ"), count = 20, group = 5

  private let symbols: [Character]

  static func random() -> RecoveryCode {
    RecoveryCode(symbols: (0..<count).map { _ in alphabet[Int.random(in: alphabet.indices)] })
  }

  private init(symbols: [Character]) { self.symbols = symbols }

  /// However it was typed or pasted. Nil when it cannot be a code.
  init?(_ text: String) {
    symbols = Array(TypedCode.symbols(in: text, of: RecoveryCode.alphabet))
    guard symbols.count == RecoveryCode.count else { return nil }
  }

  var text: String {
    stride(from: 0, to: RecoveryCode.count, by: RecoveryCode.group)
      .map { String(symbols[$0..<$0 + RecoveryCode.group]) }.joined(separator: "-")
  }

  var hash: [UInt8] { Array(SHA256.hash(data: Array("recovery \(String(symbols))".utf8))) }
}
