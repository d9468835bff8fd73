import Crypto
import FoundationEssentials

/// Who the last tokens spoke for that this process has verified: an editor that syncs and then asks for its summary, or
/// asks again, pays for one signature check and not for each.
///
/// It holds what a signature proved of exactly these bytes, and nothing that was read or answered for anybody. A cache
/// between two callers is where others let in whom they should not (docs/design/peers.md), so:
/// - the key is the SHA-256 of the whole token, in a type that is made of nothing else;
/// - only the signature, the issuer and the audience are remembered, which stay true as long as this process has its keys;
///   the time is looked at on every use, and whether the device may still come is asked of the database in every pipeline;
/// - it stays small, and the oldest goes first.
struct VerifiedTokens {
  struct Key: Hashable {
    private let hash: SHA256Digest

    /// - Parameter token: whole, as it was sent.
    init(_ token: String) { hash = SHA256.hash(data: Array(token.utf8)) }
  }

  static let countMax = 256

  private var callers: [Key: (caller: Caller, expires: Date)] = [:]
  /// The keys of `callers`, a ring: the oldest is at `next` once it is full.
  private var keys: [Key] = []
  private var next = 0

  /// Nil when the token is not known or no longer good: then it is verified as if it came for the first time.
  func caller(of key: Key, at now: Date) -> Caller? {
    guard let known = callers[key], known.expires > now else { return nil }
    return known.caller
  }

  mutating func add(_ key: Key, _ caller: Caller, expires: Date) {
    guard callers.updateValue((caller, expires), forKey: key) == nil else { return }
    if keys.count < VerifiedTokens.countMax {
      keys.append(key)
    } else {
      callers[keys[next]] = nil
      keys[next] = key
      next = (next + 1) % VerifiedTokens.countMax
    }
  }
}
