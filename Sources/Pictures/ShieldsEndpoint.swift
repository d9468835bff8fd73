/// What shields.io draws a badge from.
/// - Source: shields.io, "Endpoint Badge", schema version 1.
package struct ShieldsEndpoint: Sendable, Equatable {
  package static let cacheSecondsMin = 300

  package let schemaVersion = 1
  package let label: String
  package let message: String
  /// Six hexadecimal digits.
  package let color: String
  package let cacheSeconds: Int

  /// - Parameter cacheSeconds: at least `cacheSecondsMin`, as shields.io has it.
  package init(_ badge: Badge, cacheSeconds: Int = cacheSecondsMin) {
    label = badge.label
    message = badge.message
    color = String(Palette.color(.message, isDark: false).dropFirst())
    self.cacheSeconds = max(ShieldsEndpoint.cacheSecondsMin, cacheSeconds)
  }
}
