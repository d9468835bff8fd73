/// The colours of a picture.
package enum Theme: String, CaseIterable, Sendable {
  case light, dark
  /// As the reader's system is set: light, and dark by a media query.
  case auto
}

/// How a picture is to look.
package struct Look: Sendable, Hashable {
  package static let widths = 200...1200

  package let theme: Theme
  /// In CSS pixels, within `widths`.
  package let width: Int
  /// Tells apart the ids of pictures that are otherwise the same and stand in one page.
  package let copy: Int

  /// - Parameter width: brought into `widths`.
  package init(theme: Theme = .auto, width: Int = 480, copy: Int = 0) {
    self.theme = theme
    self.width = min(max(width, Look.widths.lowerBound), Look.widths.upperBound)
    self.copy = copy
  }
}

/// What can be drawn from plain values.
package protocol Picture: Sendable {
  /// An SVG document, complete in itself.
  func svg(_ look: Look) -> String
}
