import Crypto
import FoundationEssentials

/// What an API key may be made for.
package enum Scope: String, CaseIterable, Sendable {
  /// Push, pull, import and export, as a device of its own.
  case sync
  /// The views.
  case readStats = "stats:read"
  /// Make and revoke public pictures.
  case share
}

/// A key for a script or a widget. Like a refresh token it names its account, so that one round trip can ask for it; the
/// proof is a secret of which only the key's hash is stored. A checksum lets a scanner tell a leaked key from noise
/// without asking us.
///
/// `bm_live_` + base64url(account, secret, first 4 bytes of SHA-256 of what goes before), 55 characters: base64 of them, of
/// a colon and of a line feed that a script's `echo` leaves is one line of `base64`, which breaks them at 76.
///
/// Keys that were made before are longer: `bm_live_` + base64url(1, account, device, secret of 20 bytes, checksum).
package struct APIKey {
  package static let prefix = "bm_live_"
  private static let secretBytes = 15, checksumBytes = 4
  private static let bodyBytes = 16 + secretBytes
  private static let olderForm: UInt8 = 1, olderBodyBytes = 1 + 16 + 16 + 20

  package let account: AccountID
  /// The device it acts as.
  package let device: DeviceID
  package let text: String

  /// SHA-256 of the whole key, prefix included.
  package var hash: [UInt8] { KeyText.hash(text) }

  /// A new one.
  package init(account: AccountID) {
    let body = account.uuid.bytes + RandomSecret.bytes(APIKey.secretBytes)
    self.account = account
    text = APIKey.prefix + Base64URL.encode(body + APIKey.checksum(body))
    device = KeyText.device(of: text)
  }

  /// Nil for whatever cannot be one of ours, before any database is asked.
  package init?(_ text: String) {
    guard text.hasPrefix(APIKey.prefix), text.utf8.count < 128,
      let bytes = Base64URL.decode(String(text.dropFirst(APIKey.prefix.count))),
      bytes.count > APIKey.checksumBytes
    else { return nil }
    let body = bytes.dropLast(APIKey.checksumBytes)
    guard APIKey.checksum(body) == Array(bytes.suffix(APIKey.checksumBytes)) else { return nil }
    switch body.count {
    case APIKey.bodyBytes:
      account = AccountID(uuid: UUID(bytes: body[0..<16]))
      device = KeyText.device(of: text)
    case APIKey.olderBodyBytes where body[0] == APIKey.olderForm:
      account = AccountID(uuid: UUID(bytes: body[1..<17]))
      device = DeviceID(uuid: UUID(bytes: body[17..<33]))
    default: return nil
    }
    self.text = text
  }

  private static func checksum(_ body: some Collection<UInt8>) -> [UInt8] {
    Array(SHA256.hash(data: Array(body)).prefix(checksumBytes))
  }
}

/// A key in WakaTime's spelling, `waka_` and a UUID of version 4: clients that were made for WakaTime look at a key's form
/// before they send it. Its 122 random bits have no room for an account, so the database finds that by the key's hash
/// (`breath.begin_wakatime_request`), and all it may do is read.
package struct WakaTimeKey {
  package static let prefix = "waka_"

  package let text: String

  package var hash: [UInt8] { KeyText.hash(text) }
  /// The device it acts as.
  package var device: DeviceID { KeyText.device(of: text) }

  /// A new one.
  package init() { text = WakaTimeKey.prefix + UUID().lowercased }

  /// With the prefix or without, in either case, as those clients allow; nil for anything else.
  package init?(_ text: String) {
    let hasPrefix = text.lowercased().hasPrefix(WakaTimeKey.prefix)
    let digits = String(hasPrefix ? text.dropFirst(WakaTimeKey.prefix.count) : text[...])
    guard digits.utf8.count == 36, let uuid = UUID(uuidString: digits), uuid.bytes[6] >> 4 == 4, uuid.bytes[8] >> 6 == 2
    else { return nil }
    self.text = WakaTimeKey.prefix + uuid.lowercased
  }
}

/// What follows from a key's text alone.
private enum KeyText {
  static func hash(_ text: String) -> [UInt8] { Array(SHA256.hash(data: Array(text.utf8))) }

  /// The device that a key acts as, so that a request can name it before the database is asked. Others of the account see
  /// this id, and nobody finds the key by it. Version 8 is for what is made in a way of one's own (RFC 9562, 5.8).
  static func device(of text: String) -> DeviceID {
    var bytes = Array(SHA256.hash(data: Array("device of key \(text)".utf8)).prefix(16))
    bytes[6] = bytes[6] & 0x0F | 0x80
    bytes[8] = bytes[8] & 0x3F | 0x80
    return DeviceID(uuid: UUID(bytes: bytes[...]))
  }
}
