import AuthFunction
import Backend
import BreathDomain
import Crypto
import FoundationEssentials
import StrictJSON
import SyncFunction

/// Readers of what callers send, each on its own: no database is needed to reach them.
enum UntrustedInput {
  /// The cursor as we would write it; nil for what is none.
  static func cursor(_ text: String) -> String? { Cursor(text)?.text }

  /// Whether it is a refresh token that was minted with this key.
  static func isRefreshToken(_ text: String, key: [UInt8]) -> Bool {
    RefreshToken(text, SymmetricKey(data: key)) != nil
  }

  /// Where in the body of `POST /v1/sync` the items stand that go on to the database, and where those that have their
  /// verdict already.
  static func sync(_ body: JSONNode) throws(JSONMismatch) -> (kept: [JSONPointer], judged: [JSONPointer]) {
    let push = try SyncRequest(body, from: DeviceID(uuid: UUID())).push
    let counters = push.counters.map { [$0.pointer] } ?? []
    let kept =
      push.sessions.map(\.pointer) + push.days.map(\.pointer) + push.settings.map(\.pointer)
      + push.deletions.map(\.pointer) + counters
    return (kept, push.verdicts.map(\.pointer))
  }
}
