import Backend
import Postgres
import StrictJSON

/// What a person may choose to show to others.
enum ShareContent: String, CaseIterable, Sendable {
  case level, streak, week, totals, heatmap, trend
}

/// What is told, and of whom.
struct Shown {
  let content: Set<ShareContent>
  let name: String?

  /// To the person themselves: all of it.
  static let all = Shown(content: Set(ShareContent.allCases), name: nil)

  var contentNames: [String] { ShareContent.allCases.filter(content.contains).map(\.rawValue) }

  /// The pictures that show something of it.
  var drawings: [Drawing] {
    Drawing.allCases.filter { drawing in
      switch drawing {
      case .card: true
      case .heatmap: content.contains(.heatmap)
      case .trend: content.contains(.trend)
      case .badge, .shields: PictureRequest.BadgeFact.allCases.contains { content.contains($0.content) }
      }
    }
  }
}

extension Shown {
  static let members = ["/content", "/name"]
  static let nameLength = 1...40

  /// The body of `POST /shares`: `{"content": ["level", "streak"], "name": "Ana"}`, the name optional.
  init(_ body: JSONNode) throws(JSONMismatch) {
    var content: Set<ShareContent> = []
    for item in try body["content"].items() {
      guard let part = ShareContent(rawValue: try item.string(length: 1...20)) else {
        let names = ShareContent.allCases.map(\.rawValue).joined(separator: ", ")
        throw item.mismatch("unknown_content", "must be one of \(names)")
      }
      content.insert(part)
    }
    guard !content.isEmpty else {
      throw body["content"].mismatch("out_of_range", "must name at least one thing to show")
    }
    self.content = content
    name = try body["name"].ifPresent { node throws(JSONMismatch) in try node.name(length: Shown.nameLength).text }
  }

  /// What only a later version of the program knows is not shown by this one.
  /// - Parameter row: with `content` and `name`.
  init(_ row: Row) throws(PostgresError) {
    let names: [String] = try row["content"]
    content = Set(names.compactMap(ShareContent.init))
    let stored: String? = try row["name"]
    name = stored.flatMap { Name(cleaning: $0)?.text }
  }
}
