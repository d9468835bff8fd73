import Foundation
import FoundationXML
import TestSupport
import Testing

@Suite struct BenchTests {
  @Test func `a request waits for the database once, counted on the wire`() throws {
    let result = try Tool("breath-bench")("--quick", "--only", "round-trips")
    #expect(result.status == 0, "\(result.notes)")
    let rows = result.output.split(separator: "\n").filter { $0.hasPrefix("round trips") }
    #expect(rows.count == 10)
    for row in rows { #expect(row.contains("  1         ≤ 1     met  "), "\(row)") }
  }

  @Test func `the figures come as a page and as a picture`() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "bench-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let (page, picture) = (folder.appending(path: "figures.md"), folder.appending(path: "figures.svg"))
    let result = try Tool("breath-bench")(
      "--quick", "--only", "warm", "--only", "stages", "--only", "zips", "--table", page.path, "--plot",
      picture.path)
    #expect(result.status == 0, "\(result.notes)")

    let lines = try String(contentsOf: page, encoding: .utf8).split(separator: "\n")
    #expect(lines.contains { $0.hasPrefix("| warm push of 1, alone, p50 | ") && $0.contains("| ≤ 2 ms |") })
    #expect(lines.contains { $0.hasPrefix("| pull of 200, pipeline | ") })
    #expect(lines.contains { $0.hasPrefix("| a deployed zip | ") })
    for line in lines where line.hasPrefix("|") { #expect([4, 6].contains(line.count { $0 == "|" }), "\(line)") }

    let texts = try SVGTexts(Data(contentsOf: picture)).texts
    for text in ["How long a push takes, alone", "500", "Where a sync spends processor time", "push of 100", "answer"] {
      #expect(texts.contains(text), "\(text) in \(texts)")
    }
    #expect(!texts.contains("Pulls of 200 sessions"), "a chart without figures is left out")
  }
}

/// The words in a picture, which must be well-formed XML.
private final class SVGTexts: NSObject, XMLParserDelegate {
  private(set) var texts: [String] = []
  private var isInText = false

  init(_ data: Data) throws {
    super.init()
    let parser = XMLParser(data: data)
    parser.delegate = self
    try #require(parser.parse(), "\(parser.parserError.map { "\($0)" } ?? "")")
  }

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
    attributes: [String: String]
  ) {
    isInText = name == "text"
    if isInText { texts.append("") }
  }

  func parser(_ parser: XMLParser, foundCharacters text: String) {
    if isInText { texts[texts.count - 1] += text }
  }

  func parser(_ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?) {
    isInText = false
  }
}
