import Foundation
import StrictJSON
import TestSupport
import Testing

/// A CSV file as somebody else's reader reads it: Python's, in its strict mode.
struct CSVFile {
  let header: [String]
  let rows: [[String: String]]

  init(_ text: String) throws {
    let cells = try CSVFile.read(text)
    let header = try #require(cells.first)
    for row in cells { try #require(row.count == header.count) }
    self.header = header
    rows = cells.dropFirst().map { Dictionary(uniqueKeysWithValues: zip(header, $0)) }
  }

  private static let program = """
    import csv, io, json, sys
    text = io.TextIOWrapper(sys.stdin.buffer, encoding="utf-8", newline="")
    json.dump(list(csv.reader(text, strict=True)), sys.stdout)
    """

  private static func read(_ text: String) throws -> [[String]] {
    let python = try Command("python3", ["-c", program], input: text)
    try #require(python.status == 0, "\(python.notes)")
    return try JSON(parsing: python.output, limits: .trusted).array?.map { $0.array?.map { $0.string ?? "" } ?? [] }
      ?? []
  }
}

extension Reply {
  /// The body of a reply that is a CSV file.
  func csv() throws -> CSVFile { try CSVFile(#require(body.string, "\(line)")) }

  /// The query of `Link: <?…>; rel="next"`.
  var nextQuery: String? {
    guard let link = header("link"), link.hasPrefix("<?"), link.hasSuffix(">; rel=\"next\"") else { return nil }
    return String(link.dropFirst(2).dropLast(">; rel=\"next\"".count))
  }
}

extension Device {
  /// All pages of an export, as a client follows its links.
  func exports(_ format: String, query: String) throws -> [Reply] {
    var pages = [try stats("export.\(format)", query: query)]
    while let next = pages.last?.nextQuery { pages.append(try stats("export.\(format)", query: next)) }
    return pages
  }
}
