extension SVG {
  package enum Anchor: String, Sendable { case start, middle, end }
  package typealias Point = (x: Double, y: Double)

  package mutating func text(
    _ text: String, x: Double, y: Double, size: Double, color: Paint, anchor: Anchor = .start, isBold: Bool = false
  ) {
    element(
      "text",
      [
        "x": .number(x), "y": .number(y), "font-size": .number(size), "fill": .paint(color),
        "text-anchor": anchor == .start ? nil : .text(anchor.rawValue), "font-weight": isBold ? 600 : nil,
      ], text: text)
  }

  /// - Parameter color: of its outline, which is drawn around it, inside the given box.
  package mutating func rectangle(
    x: Double, y: Double, width: Double, height: Double, radius: Double = 0, color: Paint, outline: Paint? = nil
  ) {
    let inset = outline == nil ? 0 : 0.5
    element(
      "rect",
      [
        "x": .number(x + inset), "y": .number(y + inset), "width": .number(max(0, width - 2 * inset)),
        "height": .number(max(0, height - 2 * inset)), "rx": radius == 0 ? nil : .number(radius - inset),
        "fill": .paint(color), "stroke": outline.map(Attribute.paint),
      ])
  }

  package mutating func circle(_ center: Point, radius: Double, color: Paint?, outline: Paint? = nil, line: Double = 1)
  {
    element(
      "circle",
      [
        "cx": .number(center.x), "cy": .number(center.y), "r": .number(outline == nil ? radius : radius - line / 2),
        "fill": color.map(Attribute.paint) ?? "none", "stroke": outline.map(Attribute.paint),
        "stroke-width": outline == nil || line == 1 ? nil : .number(line),
      ])
  }

  package mutating func line(
    from a: Point, to b: Point, color: Paint, width: Double = 1, isDashed: Bool = false
  ) {
    element(
      "line",
      [
        "x1": .number(a.x), "y1": .number(a.y), "x2": .number(b.x), "y2": .number(b.y), "stroke": .paint(color),
        "stroke-width": width == 1 ? nil : .number(width), "stroke-dasharray": isDashed ? "5 4" : nil,
      ])
  }

  package mutating func polyline(_ points: [Point], color: Paint, width: Double = 2) {
    let list = points.map { "\(decimal($0.x)),\(decimal($0.y))" }.joined(separator: " ")
    element(
      "polyline",
      [
        "points": .text(list), "fill": "none", "stroke": .paint(color), "stroke-width": .number(width),
        "stroke-linejoin": "round", "stroke-linecap": "round",
      ])
  }

  /// What `content` draws, cut off at the edges of the box. By a nested document, which needs no id.
  package mutating func clipped(
    x: Double, y: Double, width: Double, height: Double, content: (inout SVG) -> Void
  ) {
    withoutActuallyEscaping(content) { content in
      element(
        "svg",
        [
          "x": .number(x), "y": .number(y), "width": .number(width), "height": .number(height),
          "viewBox": "\(decimal(x)) \(decimal(y)) \(decimal(width)) \(decimal(height))", "overflow": "hidden",
        ], content: content)
    }
  }
}

// MARK: - Pictures

extension SVG {
  /// A filled outline with a title, which a page shows when it is pointed at. In one line: a year has many.
  mutating func titled(_ title: String, _ outline: String) {
    element("path", ["d": .text(outline)]) { $0.element("title", [:], text: title) }
  }

  /// What all pictures but badges are drawn on.
  mutating func drawCard() {
    rectangle(
      x: 0, y: 0, width: width, height: height, radius: 10, color: .role(.surface), outline: .role(.border))
  }
}
