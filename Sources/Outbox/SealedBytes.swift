import Backend
import Crypto
import FoundationEssentials

/// The columns that hold sealed values. The name is authenticated with the value, so that one cannot stand for another.
package enum SealedColumn: String, Sendable {
  case dataKey = "account_keys.wrapped"
  /// Also while it is only claimed: confirming moves the row as it is.
  case email = "logins.email"
  case mail = "outbox.payload"
  case secondFactor = "second_factors.secret"
}

/// AES-256-GCM with a random nonce: version (1 byte), nonce (12), ciphertext, tag (16). What is authenticated beside the
/// value is the column and the id of its owner. A key seals a handful of values, far from the 2³² that random nonces allow.
enum SealedBytes {
  private static let version: UInt8 = 1

  static func seal(_ bytes: [UInt8], _ key: SymmetricKey, _ column: SealedColumn, _ owner: UUID) throws -> [UInt8] {
    let box = try AES.GCM.seal(bytes, using: key, authenticating: context(column, owner))
    return [version] + Array(box.nonce) + Array(box.ciphertext) + Array(box.tag)
  }

  /// Nil for what was changed, or sealed for another place or with another key.
  static func open(_ sealed: [UInt8], _ key: SymmetricKey, _ column: SealedColumn, _ owner: UUID) -> [UInt8]? {
    guard sealed.first == version, let box = try? AES.GCM.SealedBox(combined: sealed.dropFirst()),
      let bytes = try? AES.GCM.open(box, using: key, authenticating: context(column, owner))
    else { return nil }
    return Array(bytes)
  }

  private static func context(_ column: SealedColumn, _ owner: UUID) -> [UInt8] {
    Array("\(column.rawValue) \(owner.lowercased)".utf8)
  }
}
