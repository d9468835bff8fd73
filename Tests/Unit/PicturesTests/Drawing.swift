import Foundation
import FoundationXML
import Testing

/// An SVG document, read by an XML parser that is not ours.
struct Drawing {
  final class Element {
    let name: String
    let attributes: [String: String]
    fileprivate(set) var children: [Element] = []
    /// Of itself, not of its children.
    fileprivate(set) var text = ""

    fileprivate init(_ name: String, _ attributes: [String: String]) {
      self.name = name
      self.attributes = attributes
    }

    func number(_ attribute: String) throws -> Double {
      try #require(attributes[attribute].flatMap(Double.init), "\(name) has no number \(attribute)")
    }

    /// It and all in it, in the order of the document.
    var all: [Element] { [self] + children.flatMap(\.all) }
  }

  let root: Element

  /// - Throws: when it is not well-formed.
  init(_ svg: String) throws {
    let reader = Reader()
    let parser = XMLParser(data: Data(svg.utf8))
    parser.delegate = reader
    try #require(parser.parse(), "\(parser.parserError.map { "\($0)" } ?? "")")
    root = try #require(reader.root)
  }

  func all(_ name: String) -> [Element] { root.all.filter { $0.name == name } }

  /// What is written in it, in the order of the document.
  var texts: [String] { all("text").map(\.text) }
  var title: String? { root.children.first { $0.name == "title" }?.text }
  var description: String? { root.children.first { $0.name == "desc" }?.text }
}

private final class Reader: NSObject, XMLParserDelegate {
  private(set) var root: Drawing.Element?
  private var open: [Drawing.Element] = []

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
    attributes: [String: String]
  ) {
    let element = Drawing.Element(name, attributes)
    open.last?.children.append(element)
    if root == nil { root = element }
    open.append(element)
  }

  func parser(_ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?) {
    open.removeLast()
  }

  func parser(_ parser: XMLParser, foundCharacters text: String) { open.last?.text += text }
}
