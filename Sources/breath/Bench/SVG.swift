/// A picture, element by element. By hand: a few rectangles, lines and words need no library.
struct SVG {
  enum Anchor: String { case start, middle, end }

  private var body = ""
  private let width, height: Double

  init(width: Double, height: Double) {
    self.width = width
    self.height = height
  }

  /// The whole document, on white.
  var document: String {
    """
    <svg xmlns="http://www.w3.org/2000/svg" width="\(number(width))" height="\(number(height))" \
    viewBox="0 0 \(number(width)) \(number(height))" font-family="Helvetica, Arial, 'DejaVu Sans', sans-serif">
    <rect width="100%" height="100%" fill="#ffffff"/>
    \(body)</svg>

    """
  }

  mutating func text(
    _ text: String, x: Double, y: Double, size: Double = 11, color: String = Palette.ink, anchor: Anchor = .start,
    isBold: Bool = false
  ) {
    let weight = isBold ? " font-weight=\"bold\"" : ""
    body += """
      <text x="\(number(x))" y="\(number(y))" font-size="\(number(size))" fill="\(color)" \
      text-anchor="\(anchor.rawValue)"\(weight)>\(escaped(text))</text>

      """
  }

  mutating func line(
    from a: (x: Double, y: Double), to b: (x: Double, y: Double), color: String, width: Double = 1,
    isDashed: Bool = false
  ) {
    let dashes = isDashed ? " stroke-dasharray=\"5 4\"" : ""
    body += """
      <line x1="\(number(a.x))" y1="\(number(a.y))" x2="\(number(b.x))" y2="\(number(b.y))" stroke="\(color)" \
      stroke-width="\(number(width))"\(dashes)/>

      """
  }

  mutating func polyline(_ points: [(x: Double, y: Double)], color: String) {
    let list = points.map { "\(number($0.x)),\(number($0.y))" }.joined(separator: " ")
    body += "<polyline points=\"\(list)\" fill=\"none\" stroke=\"\(color)\" stroke-width=\"2\"/>\n"
    for point in points {
      body += "<circle cx=\"\(number(point.x))\" cy=\"\(number(point.y))\" r=\"3.5\" fill=\"\(color)\"/>\n"
    }
  }

  mutating func rectangle(x: Double, y: Double, width: Double, height: Double, color: String) {
    body += """
      <rect x="\(number(x))" y="\(number(y))" width="\(number(max(0, width)))" height="\(number(max(0, height)))" \
      fill="\(color)"/>

      """
  }

  /// With one decimal at most.
  private func number(_ value: Double) -> String {
    let rounded = (value * 10).rounded() / 10
    return rounded == rounded.rounded() ? "\(Int(rounded))" : "\(rounded)"
  }

  private func escaped(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
  }
}

enum Palette {
  static let ink = "#24292f", faint = "#6e7781", grid = "#e3e7eb", target = "#b3261e"
  /// For series: told apart also without colour, by how light they are.
  static let series = ["#1f5f8b", "#d08a2c", "#6fa8cf", "#5e8c61", "#b7c4cf"]

  static func color(_ index: Int) -> String { series[index % series.count] }
}
