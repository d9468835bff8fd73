import Foundation
import TestSupport
import Testing

/// What pages and comments say of one another, and of the repository, is so.
@Suite struct DocumentationTests {
  @Test func `every link leads to a file, and its anchor to a heading there`() throws {
    var (count, broken) = (0, [String]())
    for page in try Page.all() {
      for link in page.links {
        count += 1
        if try !page.leadsSomewhere(link) { broken.append("\(page.path): \(link)") }
      }
    }
    #expect(broken == [])
    #expect(count > 200)
  }

  @Test(arguments: [
    ("1. From nothing to deployed", "1-from-nothing-to-deployed"), ("`known_zone` & co.", "known_zone--co"),
    ("[Sync](sync.md), é and a-b", "sync-é-and-a-b"),
  ])
  func `a heading has the anchor that GitHub gives it`(heading: String, anchor: String) {
    #expect(Page.slug(of: heading) == anchor)
  }

  @Test func `of a page without a file, a heading or an anchor the link is found broken`() throws {
    let page = Page("docs/x.md", text: "# A\n\n## A\n\n```\n[no](nothing.md)\n```\n`[no](nothing.md)`\n[a](#a-1)\n")
    #expect(page.links == ["#a-1"] && page.anchors == ["a", "a-1"])
    #expect(page.target(of: "../README.md#x") == "README.md" && page.target(of: "https://a.example") == nil)
    #expect(try page.leadsSomewhere("sync.md#digest") == false && page.leadsSomewhere("sink.md") == false)
    #expect(try page.leadsSomewhere("sync.md#the-answer") && page.leadsSomewhere("decisions/"))
  }

  @Test func `every file that a page or a comment names is there`() throws {
    let decisions = Set(Repository.names(in: "docs/decisions").map { "docs/decisions/\($0.prefix(4))" })
    var (count, missing) = (0, [String]())
    for writing in try Writing.all() {
      for file in writing.files {
        count += 1
        if !Repository.has(file), !decisions.contains(file) { missing.append("\(writing.path): \(file)") }
      }
    }
    #expect(missing == [])
    #expect(count > 100)
  }

  @Test func `every heading that is cited by its words is there`() throws {
    var (count, missing) = (0, [String]())
    for writing in try Writing.all() {
      for section in writing.sections {
        count += 1
        let isThere =
          try Repository.has(section.page)
          && Page(section.page).headings.contains { $0.text.hasSuffix(section.words) }
        if !isThere { missing.append("\(writing.path): \(section.page), \"\(section.words)\"") }
      }
    }
    #expect(missing == [])
    #expect(count > 20)
  }

  @Test func `every page of docs can be reached from the map`() throws {
    var (reached, next): (Set<String>, [String]) = (["docs/README.md"], ["docs/README.md"])
    while let path = next.popLast() {
      let page = try Page(path)
      let targets = page.links.compactMap { page.target(of: $0) }
      for target in targets where target.hasPrefix("docs/") && target.hasSuffix(".md") && Repository.has(target) {
        if reached.insert(target).inserted { next.append(target) }
      }
    }
    #expect(Set(Repository.files(below: "docs", endingIn: [".md"])).subtracting(reached) == [])
  }

  @Test func `the index of decisions has each by its number and its title`() throws {
    let index = try Repository.text("docs/decisions/README.md")
    let files = Repository.names(in: "docs/decisions").filter { $0.hasSuffix(".md") && $0 != "README.md" }
    for (place, file) in files.enumerated() {
      let title = try Page("docs/decisions/\(file)").headings.first?.text ?? ""
      let parts = try #require(title.wholeMatch(of: /(\d+)\. (.+)/), "\(file): # N. Title").output
      #expect(Int(parts.1) == place + 1 && Int(file.prefix(4)) == place + 1, "\(file)")
      #expect(index.contains("| \(parts.1) | [\(parts.2)](\(file)) |"), "\(file)")
    }
    #expect(index.matches(of: /\n\| \d+ \|/).count == files.count)
  }

  @Test func `a decision that is cited was taken`() throws {
    let newest = Repository.names(in: "docs/decisions").compactMap { Int($0.prefix(4)) }.max() ?? 0
    for writing in try Writing.all() {
      #expect(writing.decisions.allSatisfy { (1...newest).contains($0) }, "\(writing.path)")
    }
  }

  @Test func `every test that a page names exists`() throws {
    let files = Repository.files(below: "Tests", endingIn: [".swift"])
    let steps = files.flatMap { $0.split(separator: "/") }.map { $0.hasSuffix(".swift") ? $0.dropLast(6) : $0 }
    let targets = try Repository.text("Package.swift").matches(of: /name: "(\w+Tests)"/).map { String($0.output.1) }
    let there = Set(steps.map { String($0) } + targets)
    for page in try Page.all() {
      let text = try Repository.text(page.path)
      let name = /(?:^|[^A-Za-z0-9])([A-Z][A-Za-z0-9]*Tests)(?![A-Za-z0-9])/
      let named = Set(text.matches(of: name).map { String($0.output.1) })
      #expect(named.subtracting(there) == [], "\(page.path)")
    }
  }

  @Test func `the glossary is in order, and each word stands in it once`() throws {
    let page = try Page("docs/glossary.md")
    let words = page.headings.filter { $0.level > 1 }.map(\.text)
    #expect(words.map { $0.lowercased() } == words.map { $0.lowercased() }.sorted())
    let slugs = page.headings.map { Page.slug(of: $0.text) }
    #expect(Set(slugs).count == slugs.count && words.count > 50)
  }

  /// The papers that this was planned by are not here: what still holds of them is in docs/design. Migrations are cited
  /// by what they define, for files are squashed and functions are not.
  @Test func `nothing is cited that a reader does not have`() throws {
    let papers = ["design", "domain", "platform", "reliability", "peers"].map { $0.uppercased() }
    for writing in try Writing.all() {
      for line in writing.lines {
        for paper in papers where line.contains(paper) {
          let words = line.split { !$0.isLetter && !$0.isNumber && $0 != "_" }
          #expect(!words.contains(Substring(paper)), "\(writing.path): \(line)")
        }
        let namesMigration = line.contains("sql/") && line.firstMatch(of: /sql\/\d{4}/) != nil
        #expect(!namesMigration, "\(writing.path): \(line)")
      }
    }
  }
}
