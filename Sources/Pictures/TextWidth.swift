/// How wide a text is, without a font at hand.
///
/// From the advances of DejaVu Sans, which is about as wide as Verdana and wider than the other system fonts: what fits
/// by this measure fits everywhere. Beyond ASCII it is a guess on the safe side for most scripts; where it must not be
/// wrong, the drawing is cut off or stretched to what was measured.
package enum TextWidth {
  /// In the unit of `size`.
  package static func of(_ text: String, size: Double, isBold: Bool = false) -> Double {
    let thousandths = text.unicodeScalars.reduce(0) { $0 + advance($1, in: isBold ? bold : regular) }
    return Double(thousandths) * size / 1000
  }

  /// The text, or as much of its beginning as fits the width with an ellipsis.
  static func fitting(_ text: String, width: Double, size: Double, isBold: Bool = false) -> String {
    guard of(text, size: size, isBold: isBold) > width else { return text }
    var kept = text[...]
    while !kept.isEmpty && of(kept + "…", size: size, isBold: isBold) > width { kept.removeLast() }
    while kept.last == " " { kept.removeLast() }
    return kept + "…"
  }

  /// The size, or a smaller one at which the text fits the width.
  static func size(_ text: String, width: Double, atMost size: Double, isBold: Bool = false) -> Double {
    let needed = of(text, size: size, isBold: isBold)
    return needed <= width ? size : (size * width / needed * 10).rounded(.down) / 10
  }

  private static func advance(_ scalar: Unicode.Scalar, in table: [Int]) -> Int {
    switch scalar.value {
    case 0x20...0x7E: table[Int(scalar.value) - 0x20]
    case 0xB7: 380
    case 0x2009, 0x202F: 200
    case 0x2013: 500
    case 0xA0...0x52F: isMark(scalar) ? 0 : 800
    case 0xFE00...0xFE0F, 0x200B...0x200D: 0
    case 0x1F000...0x1FAFF: 1400
    default: isMark(scalar) ? 0 : 1050
    }
  }

  private static func isMark(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format: true
    default: false
    }
  }

  // Advances from space to tilde, in thousandths of the size; DejaVu Sans 2.37 and DejaVu Sans Bold.
  private static let regular = [
    318, 401, 460, 838, 636, 950, 780, 275, 390, 390, 500, 838, 318, 361, 318, 337, 636, 636, 636, 636, 636, 636, 636,
    636, 636, 636, 337, 337, 838, 838, 838, 531, 1000, 684, 686, 698, 770, 632, 575, 775, 752, 295, 295, 656, 557, 863,
    748, 787, 603, 787, 695, 635, 611, 732, 684, 989, 685, 611, 685, 390, 337, 390, 838, 500, 500, 613, 635, 550, 635,
    615, 352, 635, 634, 278, 278, 579, 278, 974, 634, 612, 635, 635, 411, 521, 392, 634, 592, 818, 592, 592, 525, 636,
    337, 636, 838,
  ]
  private static let bold = [
    348, 456, 521, 838, 696, 1002, 872, 306, 457, 457, 523, 838, 380, 415, 380, 365, 696, 696, 696, 696, 696, 696, 696,
    696, 696, 696, 400, 400, 838, 838, 838, 580, 1000, 774, 762, 734, 830, 683, 683, 821, 837, 372, 372, 775, 637, 995,
    837, 850, 733, 850, 770, 720, 682, 812, 774, 1103, 771, 724, 725, 457, 365, 457, 838, 500, 500, 675, 716, 593, 716,
    678, 435, 716, 712, 343, 343, 665, 343, 1042, 712, 687, 716, 716, 493, 595, 478, 712, 652, 924, 645, 652, 582, 712,
    365, 712, 838,
  ]
}
