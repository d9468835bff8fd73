/// What reads bytes of strangers. `make fuzz` drives each with libFuzzer, `swift test` with seeded input and with
/// everything that ever failed.
package enum FuzzTarget: String, CaseIterable, Sendable {
  /// A line of the platform, through the runtime and every handler up to the database.
  case event
  /// A query string, or a form.
  case query
  /// A JSON document, against a second reader.
  case json
  case cursor
  case accessToken = "access-token"
  case refreshToken = "refresh-token"
  /// The extension's export file.
  case export
  /// The body of `POST /v1/sync`.
  case sync
}

/// A promise that some input broke. `description` says which, and not by what input: the caller has that.
package struct Violation: Error, CustomStringConvertible {
  package let description: String

  init(_ description: String) { self.description = description }
}

/// - Throws: `Violation` unless `holds`.
func require(_ holds: Bool, _ promise: @autoclosure () -> String) throws(Violation) {
  guard holds else { throw Violation(promise()) }
}

extension FuzzTarget {
  package typealias Check = ([UInt8]) async throws -> Void

  /// What every input must pass. One at a time: it keeps what it needs from one input to the next.
  package func check() -> Check {
    switch self {
    case .event:
      let bundle = OfflineBundle()
      return { input in try await bundle.checkEvent(input) }
    case .query: return { input in try checkQuery(input) }
    case .json: return { input in try checkJSON(input) }
    case .cursor: return { input in try checkCursor(input) }
    case .accessToken:
      let bundle = OfflineBundle()
      return { input in try await bundle.checkAccessToken(input) }
    case .refreshToken: return { input in try checkRefreshToken(input) }
    case .export: return { input in try checkExport(input) }
    case .sync: return { input in try checkSync(input) }
    }
  }
}
