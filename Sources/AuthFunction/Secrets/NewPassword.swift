import Outbox
import StrictJSON

/// A password somebody chooses: 8 to 256 code points of any kind, none of those that everybody tries first, and not one's
/// own address. Kept as it is typed; NFC is the client's (docs/identity.md): what normalizes is in Foundation, which a
/// deployed binary does not carry.
struct NewPassword: Sendable {
  let text: String

  static let length = 8...256

  init(_ node: JSONNode, of address: EmailAddress? = nil) throws(JSONMismatch) {
    text = try node.string(length: NewPassword.length)
    let lowercased = text.lowercased()
    if CommonPasswords.contain(text) || lowercased == address?.normalized {
      throw node.mismatch("common_password", "is one of the first that anybody would try; choose another")
    }
  }
}

extension JSONNode {
  /// A password that somebody says is theirs: of any content, since it is only compared.
  func password() throws(JSONMismatch) -> String { try string(length: 1...NewPassword.length.upperBound) }
}
