import Foundation
import TestSupport

/// What a file says to its readers: a page all of it, code its comments.
struct Writing {
  /// From the root of the repository on.
  let path: String
  let lines: [String]

  init(_ path: String) throws {
    self.path = path
    let all = try Repository.text(path).components(separatedBy: "\n")
    let mark = Writing.commentMark(of: path)
    lines = mark.map { mark in all.compactMap { Writing.comment(in: $0, after: mark) } } ?? all
  }

  /// Pages, and whatever has comments, but not what a build or a test writes.
  static func all() throws -> [Writing] {
    let endings = [".md", ".swift", ".sh", ".py", ".sql", ".yml", ".yaml"]
    let paths =
      Repository.names(in: ".").filter { name in
        endings.contains { name.hasSuffix($0) } || ["Makefile", "Dockerfile", ".env.example"].contains(name)
      }
      + ["docs", "functions", "scripts", "sql", "Sources", "Tests", ".github", ".do"].flatMap {
        Repository.files(below: $0, endingIn: endings)
      }
    return try paths.map { try Writing($0) }
  }

  private static func commentMark(of path: String) -> String? {
    if path.hasSuffix(".md") { return nil }
    if path.hasSuffix(".swift") { return "//" }
    return path.hasSuffix(".sql") ? "--" : "#"
  }

  private static func comment(in line: String, after mark: String) -> String? {
    let text = line.drop { $0 == " " }
    if text.hasPrefix(mark) { return String(text) }
    return line.range(of: " \(mark)").map { String(line[$0.upperBound...]) }
  }
}

// MARK: - Citations

extension Writing {
  /// Files and folders that are named from the root on. What has a placeholder in it names none.
  var files: [String] {
    lines.filter { $0.contains("/") }.flatMap { line in
      line.matches(of: /(?:^|[\s`"'(\[])((?:docs|sql|Sources|Tests|scripts)\/[A-Za-z0-9_.+\/-]*)([*{<…$]?)/)
        .filter { $0.output.2.isEmpty && !$0.output.1.contains("NNNN") }
        .map { String($0.output.1).trimmingCharacters(in: CharacterSet(charactersIn: "./")) }
    }
  }

  /// Part of a page, by the words of its heading.
  struct Section {
    let page: String
    let words: String
  }

  /// As in `docs/operations.md, "Releases"`, and the same behind a link.
  var sections: [Section] {
    var sections: [Section] = []
    for line in lines where line.contains(".md") {
      for match in line.matches(of: /(docs\/[a-z0-9\/-]+\.md), "([^"]+)"/) {
        sections.append(Section(page: String(match.output.1), words: String(match.output.2)))
      }
      for match in line.matches(of: /\]\(([^)#\s]+\.md)\), "([^"]+)"/) {
        guard let page = Page(path, text: "").target(of: String(match.output.1)) else { continue }
        sections.append(Section(page: page, words: String(match.output.2)))
      }
    }
    return sections
  }

  /// Decisions by their numbers.
  var decisions: [Int] {
    lines.filter { $0.contains("ecision") }.flatMap { line in
      line.matches(of: /[Dd]ecisions? (\d+)/).compactMap { Int($0.output.1) }
        + line.matches(of: /docs\/decisions\/(\d{4})/).compactMap { Int($0.output.1) }
    }
  }
}
