package import FoundationEssentials
package import Postgres

/// Who asks for a view.
package enum Asker {
  case caller(Caller)
  /// Whose it is, the pipeline finds out.
  case wakaTimeKey(WakaTimeKey)

  /// As `Caller.prologue`, without the lock: a view writes nothing.
  package func prologue(_ limit: RateLimit) -> Pipeline<Admission> {
    switch self {
    case .caller(let caller): caller.prologue(limit, locking: false)
    case .wakaTimeKey(let key):
      limit.admission(
        by: """
          breath.begin_wakatime_request(
            \(key.device.uuid), \(key.hash), \(Scope.readStats.rawValue),
            \(limit.arguments(Base64URL.encode(key.hash))))
          """)
    }
  }

  /// Whose tags an answer's tag must not be taken for.
  package var subject: UUID {
    switch self {
    case .caller(let caller): caller.account.uuid
    case .wakaTimeKey(let key): key.device.uuid
    }
  }
}
