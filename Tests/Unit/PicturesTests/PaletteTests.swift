import Foundation
import Pictures
import Testing

/// WCAG 2.2: text 4.5 to 1 (1.4.3), graphics that say something 3 to 1 (1.4.11), in both themes.
@Suite struct PaletteTests {
  @Test(arguments: [false, true]) func `text can be read on what it stands on`(isDark: Bool) {
    for (ink, ground): (Role, Role) in [
      (.ink, .surface), (.quiet, .surface), (.labelInk, .label), (.messageInk, .message),
    ] {
      #expect(contrast(ink, ground, isDark) >= 4.5, "\(ink) on \(ground)")
    }
  }

  @Test(arguments: [false, true]) func `what says something stands out`(isDark: Bool) {
    for (shape, ground): (Role, Role) in [
      (.accent, .surface), (.accent, .track), (.shade1, .surface), (.shade2, .surface), (.shade3, .surface),
      (.shade4, .surface),
      // The line of a trend, over its bars.
      (.shade4, .shade1),
    ] {
      #expect(contrast(shape, ground, isDark) >= 3, "\(shape) on \(ground)")
    }
  }

  /// Size tells the steps apart as well, so less than 3 to 1 does.
  @Test(arguments: [false, true]) func `each step differs from the one before`(isDark: Bool) {
    for step in 1...4 {
      #expect(contrast(.shade(step), .shade(step - 1), isDark) >= 1.4, "step \(step)")
      let farther = contrast(.shade(step), .surface, isDark) > contrast(.shade(step - 1), .surface, isDark)
      #expect(farther, "step \(step) is nearer to the ground than step \(step - 1)")
    }
  }

  @Test func `contrast is what WCAG says it is`() {
    #expect(abs(contrast("#000000", "#ffffff") - 21) < 0.001)
    #expect(abs(contrast("#777777", "#ffffff") - 4.48) < 0.01)
  }

  @Test func `each colour is six hexadecimal digits`() {
    for color in Role.allCases.flatMap({ [Palette.color($0, isDark: false), Palette.color($0, isDark: true)] }) {
      #expect(color.wholeMatch(of: /#[0-9a-f]{6}/) != nil, "\(color)")
    }
  }

  private func contrast(_ a: Role, _ b: Role, _ isDark: Bool) -> Double {
    contrast(Palette.color(a, isDark: isDark), Palette.color(b, isDark: isDark))
  }

  /// - Source: WCAG 2.2, "contrast ratio" and "relative luminance".
  private func contrast(_ a: String, _ b: String) -> Double {
    let (a, b) = (luminance(a), luminance(b))
    return (max(a, b) + 0.05) / (min(a, b) + 0.05)
  }

  private func luminance(_ color: String) -> Double {
    let channels = stride(from: 1, to: 7, by: 2).map { offset in
      let value = Double(Int(color.dropFirst(offset).prefix(2), radix: 16)!) / 255
      return value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
    }
    return 0.2126 * channels[0] + 0.7152 * channels[1] + 0.0722 * channels[2]
  }
}
