import BreathDomain

/// The product's sign: a breath that widens. With a level, eight petals, as many of them full as levels are reached.
struct BreathMark {
  let center: SVG.Point
  let radius: Double

  func draw(into svg: inout SVG) {
    svg.circle(center, radius: radius, color: nil, outline: .role(.track), line: 3)
    svg.circle(center, radius: radius * 0.68, color: nil, outline: .role(.shade1), line: 3)
    svg.circle(center, radius: radius * 0.36, color: .role(.accent))
  }

  func draw(_ level: Level, into svg: inout SVG) {
    for petal in 0..<Level.all.count {
      svg.element(
        "path",
        [
          "d": .text(arc(petal, of: Level.all.count)), "fill": "none", "stroke-width": 4, "stroke-linecap": "round",
          "stroke": .role(petal < level.number ? .accent : .track),
        ])
    }
    svg.text(
      "\(level.number)", x: center.x, y: center.y + 8, size: 22, color: .role(.ink), anchor: .middle, isBold: true)
  }

  /// Clockwise, the first begins at the top.
  private func arc(_ index: Int, of count: Int) -> String {
    let turn = 360 / Double(count)
    let (from, to) = (turn * Double(index) + 9, turn * Double(index + 1) - 9)
    let (start, end) = (point(from), point(to))
    let r = decimal(radius - 2)
    return "M\(decimal(start.x)) \(decimal(start.y))A\(r) \(r) 0 0 1 \(decimal(end.x)) \(decimal(end.y))"
  }

  /// - Parameter degrees: clockwise from the top.
  private func point(_ degrees: Double) -> SVG.Point {
    let (sine, cosine) = sineAndCosine(degrees)
    return (center.x + (radius - 2) * sine, center.y - (radius - 2) * cosine)
  }
}

/// Without a mathematics library, which Foundation would bring.
private func sineAndCosine(_ degrees: Double) -> (Double, Double) {
  // Halve the angle until its series is short, then double it again.
  let angle = degrees / 180 * .pi / 64
  var sine = angle - angle * angle * angle / 6
  var cosine = 1 - angle * angle / 2 + angle * angle * angle * angle / 24
  for _ in 0..<6 { (sine, cosine) = (2 * sine * cosine, cosine * cosine - sine * sine) }
  return (sine, cosine)
}
