import Foundation
import TestSupport

/// A page of Markdown, as far as its links and headings go.
struct Page {
  /// From the root of the repository on.
  let path: String
  /// Without those of fenced code.
  private let lines: [String]

  /// - Parameter path: from the root of the repository on.
  init(_ path: String) throws {
    self.init(path, text: try Repository.text(path))
  }

  init(_ path: String, text: String) {
    self.path = path
    var isCode = false
    lines = text.components(separatedBy: "\n").filter { line in
      guard line.drop(while: { $0 == " " }).hasPrefix("```") else { return !isCode }
      isCode.toggle()
      return false
    }
  }

  /// Those of the repository, wherever they stand.
  static func all() throws -> [Page] {
    let paths =
      Repository.names(in: ".").filter { $0.hasSuffix(".md") }
      + ["docs", "functions", "scripts", "sql", "Sources", "Tests", ".github"].flatMap {
        Repository.files(below: $0, endingIn: [".md"])
      }
    return try paths.map { try Page($0) }
  }
}

// MARK: - Headings

extension Page {
  struct Heading {
    let level: Int
    let text: String
  }

  var headings: [Heading] {
    lines.compactMap { line in
      guard let match = line.wholeMatch(of: /(#{1,6}) +(.*?) */) else { return nil }
      return Heading(level: match.output.1.count, text: String(match.output.2))
    }
  }

  /// As GitHub makes them: of a heading that comes again the second ends in -1.
  var anchors: [String] {
    var times: [String: Int] = [:]
    return headings.map { heading in
      let slug = Page.slug(of: heading.text)
      let before = times[slug, default: 0]
      times[slug] = before + 1
      return before == 0 ? slug : "\(slug)-\(before)"
    }
  }

  /// Lower case, of letters, digits, hyphens and underscores; a space becomes a hyphen. Of a link its words count.
  static func slug(of heading: String) -> String {
    let words = heading.replacing(/\[([^\]]*)\]\([^)]*\)/) { match in match.output.1 }
    let kept = words.lowercased().filter { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "-" || $0 == " " }
    return kept.replacing(" ", with: "-")
  }
}

// MARK: - Links

extension Page {
  /// As they are written: of Markdown, of definitions, and of HTML. What stands in code is no link.
  var links: [String] {
    let prose = lines.joined(separator: "\n").replacing(/`[^`]+`/, with: "")
    let found =
      prose.matches(of: /\]\(([^)\s]+)\)/).map { String($0.output.1) }
      + prose.matches(of: /(?:src|srcset|href)="([^"]+)"/).map { String($0.output.1) }
    return found + lines.compactMap { $0.wholeMatch(of: /\[[^\]]+\]: +(\S+)/).map { String($0.output.1) } }
  }

  /// The file or folder that a link names; nil when it leads out of the repository.
  func target(of link: String) -> String? {
    guard link.prefixMatch(of: /[a-z][a-z+.-]*:/) == nil else { return nil }
    let name = link.prefix { $0 != "#" }
    guard !name.isEmpty else { return path }
    var steps = path.split(separator: "/").dropLast().map(String.init)
    for step in name.split(separator: "/") {
      switch step {
      case ".": break
      case "..": _ = steps.popLast()
      default: steps.append(String(step))
      }
    }
    return steps.joined(separator: "/")
  }

  /// - Returns: whether it leads to a file, and its anchor, where it has one, to a heading there.
  func leadsSomewhere(_ link: String) throws -> Bool {
    guard let target = target(of: link) else { return true }
    guard Repository.has(target) else { return false }
    guard let hash = link.firstIndex(of: "#") else { return true }
    let anchor = String(link[link.index(after: hash)...])
    return try target.hasSuffix(".md") && Page(target).anchors.contains(anchor)
  }
}
