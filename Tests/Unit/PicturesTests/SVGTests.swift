import Pictures
import Testing

@Suite struct SVGTests {
  @Test(
    arguments: [
      (0, "0"), (3, "3"), (-3, "-3"), (0.5, "0.5"), (0.25, "0.25"), (0.05, "0.05"), (-0.05, "-0.05"), (1.999, "2"),
      (12.345, "12.35"), (-0.001, "0"), (1e12, "1000000000"),
    ] as [(Double, String)]) func `numbers have two decimals at most`(value: Double, text: String)
  {
    #expect(decimal(value) == text)
  }

  @Test func `text and attributes are escaped, and hold no character that XML forbids`() throws {
    let hostile = "<a b=\"c\" d='e'>&amp;\u{0}\u{1}\u{B}\u{7F}\u{202E}\n]]>"
    var svg = SVG(width: 10, height: 10, title: hostile, description: hostile)
    svg.element("text", ["x": .text(hostile)], text: hostile)
    let drawing = try Drawing(svg.document(fonts: hostile))
    let shown = "<a b=\"c\" d='e'>&amp; ]]>"
    #expect(drawing.texts == [shown] && drawing.title == shown && drawing.description == shown)
    #expect(drawing.all("text").first?.attributes["x"] == shown)
    #expect(drawing.root.attributes["font-family"] == shown)
  }

  @Test func `attributes that are nil are left out`() {
    var svg = SVG(width: 1, height: 1, title: "t", description: "d")
    svg.element("g", ["id": nil, "class": "x"])
    #expect(svg.document().contains("<g class=\"x\"/>"))
  }

  @Test func `an axis has a few round steps beyond the highest value`() {
    for (highest, ticks): (Double, [Double]) in [
      (10, [0, 5, 10]), (31, [0, 10, 20, 30, 40]), (0.9, [0, 0.2, 0.4, 0.6, 0.8, 1]), (700, [0, 200, 400, 600, 800]),
    ] {
      let axis = Axis(upTo: highest)
      #expect(axis.ticks.count == ticks.count && axis.end >= highest)
      for (a, b) in zip(axis.ticks, ticks) { #expect(abs(a - b) < 1e-9) }
    }
  }
}
