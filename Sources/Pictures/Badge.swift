/// A flat badge of 20 pixels' height, as shields.io draws them. It is as wide as its text, whatever the look says.
package struct Badge: Picture, Equatable {
  package static let textScalarsMax = 60
  package static let defaultLabel = "breathing"

  package let label: String
  package let message: String

  /// - Parameters:
  ///   - message: as `label` becomes one line of at most `textScalarsMax` code points; an empty one is left out.
  package init(label: String = defaultLabel, message: String) {
    self.message = XMLText.line(message, scalarsMax: Badge.textScalarsMax) ?? ""
    let label = XMLText.line(label, scalarsMax: Badge.textScalarsMax) ?? ""
    self.label = label.isEmpty && self.message.isEmpty ? Badge.defaultLabel : label
  }

  package func svg(_ look: Look) -> String {
    let ends = [End(text: label, color: .label, ink: .labelInk), End(text: message, color: .message, ink: .messageInk)]
      .filter { !$0.text.isEmpty }
    let text = ends.map(\.text).joined(separator: ": ")
    var svg = SVG(
      width: ends.map(\.width).reduce(0, +), height: Badge.height, title: text,
      description: "A badge that reads “\(text)”",
      theme: look.theme)
    var x = 0.0
    for (index, end) in ends.enumerated() {
      end.draw(at: x, isFirst: index == 0, isLast: index == ends.count - 1, into: &svg)
      x += end.width
    }
    return svg.document(copy: look.copy, fonts: Badge.fonts)
  }

  private static let height = 20.0, radius = 4.0, padding = 7.0, textSize = 11.0
  /// The widest of the system's fonts first: it is what the widths were measured for.
  private static let fonts = "Verdana, Geneva, 'DejaVu Sans', sans-serif"

  private struct End {
    let text: String
    let color, ink: Role

    var textWidth: Double { TextWidth.of(text, size: Badge.textSize).rounded(.up) }
    var width: Double { textWidth + 2 * Badge.padding }

    /// The text is set to exactly the width that was measured, whatever the font.
    func draw(at x: Double, isFirst: Bool, isLast: Bool, into svg: inout SVG) {
      let (left, right) = (isFirst ? Badge.radius : 0, isLast ? Badge.radius : 0)
      let across = decimal(width - left - right)
      let corner = { (radius: Double, x: Double, y: Double) in
        radius == 0 ? "" : "a\(decimal(radius)) \(decimal(radius)) 0 0 1 \(decimal(x)) \(decimal(y))"
      }
      let outline = [
        "M\(decimal(x + left)) 0h\(across)", corner(right, right, right),
        "V\(decimal(Badge.height - right))", corner(right, -right, right), "h-\(across)",
        corner(left, -left, -left), "V\(decimal(left))", corner(left, left, -left), "z",
      ]
      svg.element("path", ["d": .text(outline.joined()), "fill": .role(color)])
      svg.element(
        "text",
        [
          "x": .number(x + Badge.padding), "y": 14, "font-size": .number(Badge.textSize), "fill": .role(ink),
          "textLength": .number(textWidth), "lengthAdjust": "spacingAndGlyphs",
        ], text: text)
    }
  }
}

// MARK: - What badges say

extension Badge {
  /// What a person may show of their practice. Where there is nothing to count yet, a badge counts nothing.
  package enum Fact: Sendable, Equatable {
    /// - Parameter number: 1 to 8.
    case level(number: Int, title: String)
    /// In days.
    case streak(Int64)
    /// Days with practice among the last seven.
    case daysOfSeven(Int)
    case sessions(Int64)
    case minutes(Int64)
  }

  package static let nothingCounted = "at my own pace"

  package init(label: String = defaultLabel, _ fact: Fact) {
    self.init(label: label, message: Badge.message(fact))
  }

  private static func message(_ fact: Fact) -> String {
    switch fact {
    case .level(let number, let title): "level \(number) · \(title)"
    case .streak(let days): days < 1 ? nothingCounted : Quantity.days(days, inARow: true).text
    case .daysOfSeven(let days): days < 1 ? nothingCounted : "\(min(days, 7)) of 7 days"
    case .sessions(let count): count < 1 ? nothingCounted : Quantity.sessions(count).text
    case .minutes(let minutes): minutes < 1 ? nothingCounted : Quantity.time(minutes: minutes).text
    }
  }
}
