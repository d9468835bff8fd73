package import Backend
package import Crypto
package import FoundationEssentials
import FunctionRuntime

/// What `BREATH_DATA_KEY` can do, and with it `auth` alone: seal what the database must not show, find an address without
/// storing it, and season passwords. Each use has a key of its own, derived from the one that is configured (RFC 5869).
package struct Vault: Sendable {
  private let wrapping: SymmetricKey
  private let indexing: SymmetricKey
  package let pepper: SymmetricKey

  static let keyBytes = 32

  package init(_ configuration: Configuration) throws(Configuration.Failure) {
    guard let secret = Base64URL.decode(try configuration.required(.dataKey)), secret.count == Vault.keyBytes
    else { throw .malformed(.dataKey) }
    self.init(key: secret)
  }

  /// - Parameter key: of 32 bytes.
  package init(key: [UInt8]) {
    func derived(_ purpose: String) -> SymmetricKey {
      HKDF<SHA256>.deriveKey(
        inputKeyMaterial: SymmetricKey(data: key), info: Array(purpose.utf8), outputByteCount: Vault.keyBytes)
    }
    wrapping = derived("breath: wrap data keys, 1")
    indexing = derived("breath: find addresses, 1")
    pepper = derived("breath: season passwords, 1")
  }
}

// MARK: - Finding again

extension Vault {
  /// By which an address is found, and what is counted about it, without storing it: nobody who has the database alone
  /// can try addresses against it.
  package func index(of address: EmailAddress) -> [UInt8] { index("address \(address.normalized)") }

  /// Where mails to it are counted.
  package func subject(mailing mailbox: Mailbox) -> String { Base64URL.encode(index("mailbox \(mailbox.text)")) }
  package func subject(mailingDomainOf mailbox: Mailbox) -> String {
    Base64URL.encode(index("mail domain \(mailbox.domain)"))
  }

  /// Where attempts are counted that are not sign-ins.
  package func subject(resetting addressIndex: [UInt8]) -> [UInt8] { index("reset \(Base64URL.encode(addressIndex))") }
  package func subject(provingFor account: AccountID) -> [UInt8] { index("proof \(account.uuid.lowercased)") }

  private func index(_ text: String) -> [UInt8] {
    Array(HMAC<SHA256>.authenticationCode(for: Array(text.utf8), using: indexing))
  }
}

// MARK: - Sealing

extension Vault {
  /// A new key for everything of one owner, and the form in which it may be stored. Once that is gone, nothing that was
  /// sealed with it can be read again.
  /// - Parameter owner: an account, or a mail.
  package func newDataKey(of owner: UUID) throws -> (key: DataKey, wrapped: [UInt8]) {
    let key = SymmetricKey(size: .bits256)
    let bytes = unsafe key.withUnsafeBytes { unsafe Array($0) }
    return (DataKey(key: key, owner: owner), try SealedBytes.seal(bytes, wrapping, .dataKey, owner))
  }

  /// - Returns: nil unless it was wrapped for this owner with this environment's key.
  package func dataKey(_ wrapped: [UInt8], of owner: UUID) -> DataKey? {
    SealedBytes.open(wrapped, wrapping, .dataKey, owner).map { DataKey(key: SymmetricKey(data: $0), owner: owner) }
  }

  /// - Throws: `replaced` when another `BREATH_DATA_KEY` wrapped it.
  package func dataKey(_ wrapped: [UInt8], of account: AccountID) throws(Configuration.Failure) -> DataKey {
    guard let key = dataKey(wrapped, of: account.uuid) else { throw .replaced(.dataKey) }
    return key
  }
}

/// Seals the fields of one owner.
package struct DataKey: Sendable {
  fileprivate let key: SymmetricKey
  private let owner: UUID

  fileprivate init(key: SymmetricKey, owner: UUID) {
    self.key = key
    self.owner = owner
  }

  package func seal(_ text: String, in column: SealedColumn) throws -> [UInt8] {
    try SealedBytes.seal(Array(text.utf8), key, column, owner)
  }

  package func open(_ sealed: [UInt8], in column: SealedColumn) -> String? {
    SealedBytes.open(sealed, key, column, owner).flatMap { String(validating: $0, as: UTF8.self) }
  }
}
