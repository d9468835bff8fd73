package import FoundationEssentials
package import Postgres
import StrictJSON

/// A mail to be written: its id, which becomes its Message-ID, and a key of its own for what it says. Made before it is
/// known whether it goes out at all.
package struct SealedMail {
  package let id = UUID()
  package let wrappedKey: [UInt8]
  private let key: DataKey

  package init(_ vault: Vault) throws { (key, wrappedKey) = try vault.newDataKey(of: id) }

  /// - Parameter to: nil for the account's own address, as it is when the mail goes out.
  package func seal(to address: EmailAddress? = nil, token: OneTimeToken? = nil) throws -> [UInt8] {
    var content = JSONObject()
    content["to"] = address.map { .string($0.text) }
    content["token"] = token.map { .string($0.text) }
    return try key.seal(JSON.object(content).text, in: .mail)
  }

  /// For functions that may write this mail: their last parameters.
  package func arguments(token: OneTimeToken? = nil) throws -> SQL { "\(id), \(wrappedKey), \(try seal(token: token))" }
}
