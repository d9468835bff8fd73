import Crypto
import Foundation
import Postgres
import StrictJSON
import TestSupport
import Testing

/// The mails that wait for an account, opened as docs/identity.md says they are sealed: written from the page, not from
/// the code.
struct Mail: Sendable {
  let kind: String
  let to: String?
  let token: String?

  /// In the order they were made.
  static func all(of account: UUID) throws -> [Mail] {
    try Superuser.rows(
      """
      SELECT mail_id, kind, wrapped_key, payload FROM breath.outbox
      WHERE account_id = \(account) AND sent_at IS NULL ORDER BY created_at
      """
    ).map { row in
      let id: UUID = try row["mail_id"]
      let key = try Sealed.open(try row["wrapped_key"], try Sealed.wrappingKey, "account_keys.wrapped", id)
      let content = try JSON(
        parsing: Array(Sealed.open(try row["payload"], SymmetricKey(data: key), "outbox.payload", id)), limits: .trusted
      )
      return Mail(kind: try row["kind"], to: content["to"]?.string, token: content["token"]?.string)
    }
  }

  static func last(of account: UUID) throws -> Mail { try #require(all(of: account).last) }
}

enum Sealed {
  static func derived(_ purpose: String) throws -> SymmetricKey {
    let key = try Base64URL.bytes(TestEnvironment.value("BREATH_DATA_KEY"))
    return HKDF<SHA256>.deriveKey(
      inputKeyMaterial: SymmetricKey(data: key), info: Data(purpose.utf8), outputByteCount: 32)
  }

  static var wrappingKey: SymmetricKey { get throws { try derived("breath: wrap data keys, 1") } }

  static func open(_ sealed: [UInt8], _ key: SymmetricKey, _ column: String, _ owner: UUID) throws -> Data {
    try #require(sealed.first == 1)
    return try AES.GCM.open(
      AES.GCM.SealedBox(combined: sealed.dropFirst()), using: key,
      authenticating: Data("\(column) \(owner.uuidString.lowercased())".utf8))
  }
}
