import BreathDomain
import Pictures
import Testing

/// What holds for every picture there can be.
enum Laws {
  static let bytesMax = 60_000

  static func check(_ svg: String, _ comment: Comment) throws {
    #expect(svg.utf8.count < bytesMax, comment)
    let drawing = try Drawing(svg)
    checkNothingRuns(svg, drawing, comment)
    try checkWords(drawing, comment)
    try checkPlaces(drawing, comment)
  }

  /// No script, no handler, nothing fetched, no animation: closed lists of elements and attributes.
  private static func checkNothingRuns(_ svg: String, _ drawing: Drawing, _ comment: Comment) {
    #expect(!svg.lowercased().contains("<script"), comment)
    for element in drawing.root.all {
      #expect(elements.contains(element.name), "\(element.name): \(comment)")
      for (name, value) in element.attributes where name != "xmlns" {
        #expect(attributes.contains(name), "\(element.name) \(name): \(comment)")
        #expect(!value.contains("url(") && !value.contains(":"), "\(element.name) \(name): \(comment)")
      }
    }
    for style in drawing.all("style") {
      #expect(!style.text.contains("url(") && !style.text.contains("import"), comment)
    }
  }

  private static let elements: Set = [
    "svg", "title", "desc", "style", "g", "rect", "circle", "line", "polyline", "path", "text",
  ]
  private static let attributes: Set = [
    "id", "class", "width", "height", "viewBox", "role", "aria-labelledby", "font-family", "x", "y", "x1", "y1", "x2",
    "y2", "cx", "cy", "r", "rx", "d", "points", "fill", "stroke", "stroke-width", "stroke-linejoin", "stroke-linecap",
    "font-size", "font-weight", "text-anchor", "textLength", "lengthAdjust", "overflow",
  ]

  /// A title and a description that the root names, and no id twice.
  private static func checkWords(_ drawing: Drawing, _ comment: Comment) throws {
    let ids = drawing.root.all.compactMap { $0.attributes["id"] }
    #expect(Set(ids).count == ids.count, comment)
    let named = drawing.root.children.prefix(2)
    #expect(named.map(\.name) == ["title", "desc"], comment)
    #expect(named.allSatisfy { $0.text.contains { !$0.isWhitespace } }, comment)
    #expect(
      drawing.root.attributes["aria-labelledby"] == named.compactMap { $0.attributes["id"] }.joined(separator: " "),
      comment)
    #expect(drawing.root.attributes["role"] == "img", comment)
  }

  /// Every text stands within the picture, and none on another.
  private static func checkPlaces(_ drawing: Drawing, _ comment: Comment) throws {
    let box = try #require(drawing.root.attributes["viewBox"]).split(separator: " ").compactMap { Double($0) }
    let clipped = Set(drawing.all("svg").dropFirst().flatMap(\.all).map(ObjectIdentifier.init))
    var rows: [Double: [(ClosedRange<Double>, String)]] = [:]
    for text in drawing.all("text") where !clipped.contains(ObjectIdentifier(text)) {
      let (place, baseline) = (try place(of: text), try text.number("y"))
      #expect(place.lowerBound >= 0 && place.upperBound <= box[2], "\(text.text) at \(place): \(comment)")
      #expect((1...box[3]).contains(baseline), "\(text.text) at \(baseline): \(comment)")
      rows[baseline, default: []].append((place, text.text))
    }
    for row in rows.values.map({ $0.sorted { $0.0.lowerBound < $1.0.lowerBound } }) {
      for (a, b) in zip(row, row.dropFirst()) {
        #expect(a.0.upperBound <= b.0.lowerBound, "\(a.1) and \(b.1) meet: \(comment)")
      }
    }
  }

  private static func place(of text: Drawing.Element) throws -> ClosedRange<Double> {
    let (x, size) = (try text.number("x"), try text.number("font-size"))
    let width =
      if text.attributes["textLength"] != nil { try text.number("textLength") } else {
        TextWidth.of(text.text, size: size, isBold: text.attributes["font-weight"] != nil)
      }
    return switch text.attributes["text-anchor"] {
    case "end": x - width...x
    case "middle": x - width / 2...x + width / 2
    default: x...x + width
    }
  }
}
