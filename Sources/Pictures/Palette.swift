/// Every colour of the pictures, by what it is for. PaletteTests holds each pair that must be told apart to WCAG 2.2.
package enum Role: String, CaseIterable, Sendable {
  /// What everything is drawn on, and the hairline around it: neither says anything.
  case surface, border
  /// Text, and text that matters less.
  case ink, quiet
  /// A part that is done, and the course it runs on.
  case accent, track
  /// A day without practice: there, and no more.
  case shade0
  /// Practice, from a little to much.
  case shade1, shade2, shade3, shade4
  /// The two ends of a badge, and the text on each.
  case label, labelInk, message, messageInk

  package static func shade(_ step: Int) -> Role { [.shade0, .shade1, .shade2, .shade3, .shade4][step] }
}

package enum Palette {
  /// - Returns: `#rrggbb`
  package static func color(_ role: Role, isDark: Bool) -> String {
    let pair = pair(role)
    return isDark ? pair.dark : pair.light
  }

  private static func pair(_ role: Role) -> (light: String, dark: String) {
    switch role {
    case .surface: ("#fcfdfc", "#10191b")
    case .border: ("#d9e2df", "#2a3a3d")
    case .ink: ("#16282b", "#e4eeec")
    case .quiet: ("#54686a", "#9fb3b1")
    case .accent: ("#1f7a74", "#5cc2b4")
    case .track: ("#dfe9e6", "#22302f")
    case .shade0: ("#e6edeb", "#1f2c2e")
    case .shade1: ("#659c95", "#3b7772")
    case .shade2: ("#367d77", "#4a9f96")
    case .shade3: ("#1b5c5b", "#74cabb")
    case .shade4: ("#0b363b", "#c3f0e2")
    case .label: ("#3d4f52", "#2b3b3e")
    case .labelInk: ("#ffffff", "#e4eeec")
    case .message: ("#1f7a74", "#5cc2b4")
    case .messageInk: ("#ffffff", "#0b2124")
    }
  }
}
