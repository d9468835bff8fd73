import Crypto
import FoundationEssentials

/// What an API key may be made for.
enum Scope: String, CaseIterable, Sendable {
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
/// `bm_live_` + base64url(form, account, device, secret, first 4 bytes of SHA-256 of what goes before)
struct APIKey {
  static let prefix = "bm_live_"
  private static let form: UInt8 = 1, secretBytes = 20, checksumBytes = 4
  private static let bodyBytes = 1 + 16 + 16 + secretBytes

  let account: AccountID
  /// The device it acts as.
  let device: DeviceID
  let text: String

  /// Of the whole key.
  var hash: [UInt8] { Array(SHA256.hash(data: Array(text.utf8))) }

  /// A new one.
  init(account: AccountID, device: DeviceID) {
    let body = [APIKey.form] + account.uuid.bytes + device.uuid.bytes + RandomSecret.bytes(APIKey.secretBytes)
    self.account = account
    self.device = device
    text = APIKey.prefix + Base64URL.encode(body + APIKey.checksum(body))
  }

  /// Nil for whatever cannot be one of ours, before any database is asked.
  init?(_ text: String) {
    guard text.hasPrefix(APIKey.prefix), text.utf8.count < 128,
      let bytes = Base64URL.decode(String(text.dropFirst(APIKey.prefix.count))),
      bytes.count == APIKey.bodyBytes + APIKey.checksumBytes, bytes[0] == APIKey.form,
      APIKey.checksum(bytes.prefix(APIKey.bodyBytes)) == Array(bytes.suffix(APIKey.checksumBytes))
    else { return nil }
    account = AccountID(uuid: UUID(bytes: bytes[1..<17]))
    device = DeviceID(uuid: UUID(bytes: bytes[17..<33]))
    self.text = text
  }

  private static func checksum(_ body: some Collection<UInt8>) -> [UInt8] {
    Array(SHA256.hash(data: Array(body)).prefix(checksumBytes))
  }
}
