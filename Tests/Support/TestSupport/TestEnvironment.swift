import FoundationEssentials

/// What `make test` tells the tests through environment variables.
package enum TestEnvironment {
  /// A test that needs the variable fails without it, rather than being skipped unseen.
  /// - Throws: what to do about it.
  package static func value(_ name: String) throws -> String {
    guard let value = ProcessInfo.processInfo.environment[name], !value.isEmpty else { throw Missing(name: name) }
    return value
  }

  private struct Missing: Error, CustomStringConvertible {
    let name: String
    var description: String { "\(name) is not set: run make test" }
  }
}
