import BreathDomain
import Foundation
import Pictures
import TestSupport
import Testing

@Suite struct LawTests {
  private static let seeds: ClosedRange<UInt64> = 1...1000

  @Test func `no input breaks a law`() throws {
    for seed in LawTests.seeds {
      var random = Seeded(seed)
      let picture = AnyPicture.any(&random)
      try Laws.check(picture.svg(AnyPicture.look(&random)), "seed \(seed)")
    }
  }

  /// libxml2's parser is stricter than the one of Foundation's: a second witness.
  @Test func `every picture is well-formed to xmllint`() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "breath-svg-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(at: folder) }
    let files = try LawTests.seeds.map { seed in
      var random = Seeded(seed)
      let picture = AnyPicture.any(&random)
      let file = folder.appending(path: "\(seed).svg")
      try Data(picture.svg(AnyPicture.look(&random)).utf8).write(to: file)
      return file.path
    }
    let broken = folder.appending(path: "broken.svg")
    try Data("<svg>\u{1}</svg>".utf8).write(to: broken)
    let path = ["PATH": try TestEnvironment.value("PATH")]
    let all = try Executable("xmllint", arguments: ["--noout", "--nonet"] + files, path)
    #expect(all.finish() == 0, "\(all.log().prefix(2000))")
    #expect(try Executable("xmllint", arguments: ["--noout", broken.path], path).finish() != 0)
  }

  @Test(arguments: Theme.allCases, [200, 400, 800, 1200])
  func `the greatest and the least input keep the laws`(theme: Theme, width: Int) throws {
    let look = Look(theme: theme, width: width)
    let days = (0..<400).map { Sample.today.adding(days: -$0) }
    for most: Int64 in [0, 1440, 1_000_000_000, .max] {
      let minutes = Dictionary(uniqueKeysWithValues: days.map { ($0, most) })
      for weekStart in 1...7 {
        let heatmap = Heatmap(through: Sample.today, minutes: minutes, weekStart: weekStart)
        try Laws.check(heatmap.svg(look), "heatmap of \(most)")
      }
      for span in Trend.Span.allCases {
        let trend = Trend(through: Sample.today, minutes: minutes, span: span)
        try Laws.check(trend.svg(look), "trend of \(most) over \(span)")
      }
    }
    for name in [String(repeating: "🧘", count: 40), "<script>", String(repeating: "W", count: 500), "\u{0}", ""] {
      try Laws.check(Sample.extreme.named(name).svg(look), "card of \(name)")
      try Laws.check(Badge(label: name, message: name).svg(look), "badge of \(name)")
    }
  }

  /// Every choice of what is shown, for two people.
  @Test func `whatever is left out, the card keeps the laws`() throws {
    for card in [Sample.card, Sample.extreme] {
      for choice in 0..<128 {
        let chosen = { (bit: Int) in choice & 1 << bit != 0 }
        let part = Card(
          name: chosen(0) ? card.name : nil, level: chosen(1) ? card.level : nil,
          progress: chosen(2) ? card.progress : nil, streakDays: chosen(3) ? card.streakDays : nil,
          lastDays: chosen(4) ? card.lastDays : nil, sessions: chosen(5) ? card.sessions : nil,
          minutes: chosen(6) ? card.minutes : nil)
        for width in [200, 400, 800] { try Laws.check(part.svg(Look(width: width)), "choice \(choice) at \(width)") }
      }
    }
  }

  @Test(arguments: LawTests.seeds.prefix(300)) func `a name is shown as it is, whatever it holds`(seed: UInt64) throws {
    var random = Seeded(seed)
    let written = AnyPicture.text(&random)
    let card = Card(name: written)
    let title = try #require(Drawing(card.svg(Look())).title)
    #expect(title == (card.name.map { "Breath Master: \($0)" } ?? "Breath Master"), "\(written)")
    let name = card.name ?? ""
    #expect(name.unicodeScalars.count <= Card.nameScalarsMax)
    #expect(name.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }, "\(written)")
    #expect(!name.hasPrefix(" ") && !name.hasSuffix(" ") && !name.contains("  "), "\(written)")
  }

  /// Not by chance: every picture in one page with every other.
  @Test func `ids of pictures that differ at all are not the same`() throws {
    var ids: Set<String> = []
    var count = 0
    for copy in 0...1 {
      for look in [Look(theme: .auto, copy: copy), Look(theme: .dark, copy: copy), Look(width: 800, copy: copy)] {
        for picture: any Picture in [Sample.card, Sample.extreme, Sample.heatmap, Sample.trend(.month)] {
          let drawing = try Drawing(picture.svg(look))
          for id in drawing.root.all.compactMap({ $0.attributes["id"] }) {
            ids.insert(id)
            count += 1
          }
        }
      }
    }
    #expect(ids.count == count)
  }

  @Test func `in the automatic theme no rule reaches beyond its picture`() throws {
    let drawing = try Drawing(Sample.card.svg(Look(theme: .auto)))
    let id = try #require(drawing.root.attributes["id"])
    let style = try #require(drawing.all("style").first?.text)
    let rules = style.split(separator: "\n").filter { $0.hasSuffix("}") && $0.count > 1 }
    #expect(rules.count > 3 && rules.allSatisfy { $0.hasPrefix("#\(id) .") }, "\(style)")
    for theme in [Theme.light, .dark] { #expect(!Sample.card.svg(Look(theme: theme)).contains("<style")) }
  }
}
