import BreathDomain
import Pictures
import Testing

@Suite struct CardTests {
  private let look = Look(theme: .light, width: 400)

  @Test func `a card shows what the person chose`() throws {
    let drawing = try Drawing(Sample.card.svg(look))
    #expect(
      drawing.texts == [
        "3", "Breath Master", "Ana María", "Level 3 · Calm Coder", "77 / 150 XP", "12", "days in a row", "148",
        "sessions", "20", "hours", "5 of 7",
      ])
    #expect(drawing.title == "Breath Master: Ana María")
    #expect(
      drawing.description
        == "Level 3 of 8, Calm Coder; 77 / 150 XP; 12 days in a row; 148 sessions; 20 hours; practice on 5 of the last 7 days."
    )
  }

  @Test func `a card closes where something is left out`() throws {
    let heights = try [
      Card(), Card(sessions: 5), Card(lastDays: [true], sessions: 5), Card(progress: Sample.progress, sessions: 5),
    ].map { try Drawing($0.svg(look)).root.number("height") }
    #expect(heights == [104, 168, 208, 218])
    #expect(try Drawing(Card().svg(look)).texts == ["Breath Master"])
  }

  @Test(arguments: [0, -1, nil] as [Int64?]) func `what there is nothing of yet is not shown as a zero`(count: Int64?)
    throws
  {
    let card = Card(
      name: "Kim", progress: LevelProgress(totalXP: 0), streakDays: count, lastDays: [], sessions: count, minutes: count
    )
    let drawing = try Drawing(card.svg(look))
    #expect(drawing.texts == ["Kim", "Breath Master"])
    #expect(drawing.all("circle").count == 3 + 7)
    #expect(drawing.description == "A card about breathing.")
  }

  @Test func `the last seven days stand in a row, the oldest first`() throws {
    let days = [true, false, true, true, false, false, false, true]
    let dots = try Drawing(Card(lastDays: days).svg(look)).all("circle").dropFirst(3)
    #expect(dots.map { $0.attributes["fill"] != "none" } == Array(days.dropFirst()))
    #expect(try Drawing(Card(lastDays: [true]).svg(look)).texts.last == "1 of 7")
  }

  @Test(arguments: [1, 50, 149, 150, 1499, 1500, 9_000_000] as [Int64])
  func `the bar is as long as the level is far`(xp: Int64) throws {
    let progress = LevelProgress(totalXP: xp)
    let bars = try Drawing(Card(progress: progress).svg(look)).all("rect").dropFirst().map { try $0.number("width") }
    let part = xp >= 1500 ? 1 : Double(progress.levelXP) / Double(progress.levelSpanXP)
    #expect(bars == (part == 0 ? [352] : [352, max(8, (352 * part * 100).rounded() / 100)]))
  }

  @Test func `as many petals are full as levels are reached`() throws {
    for level in Level.all {
      let petals = try Drawing(Card(level: level).svg(look)).all("path").map { $0.attributes["stroke"] }
      #expect(petals.count == 8)
      #expect(petals.prefix(level.number).allSatisfy { $0 == Palette.color(.accent, isDark: false) })
      #expect(petals.dropFirst(level.number).allSatisfy { $0 == Palette.color(.track, isDark: false) })
    }
  }

  @Test func `a long name is cut with an ellipsis, and whole in the title`() throws {
    let drawing = try Drawing(Sample.extreme.svg(look))
    #expect(drawing.texts[2].hasSuffix("W…"))
    #expect(drawing.title == "Breath Master: " + String(repeating: "W", count: 40))
  }

  @Test func `a name is cut between characters, not within`() {
    let astronaut = "👩🏽‍🚀"
    #expect(astronaut.unicodeScalars.count == 4)
    let letters = String(repeating: "a", count: 38)
    #expect(Card(name: letters + astronaut).name == letters)
    #expect(Card(name: letters + "ab").name == letters + "ab")
    #expect(Card(name: letters + "abc").name == letters + "ab")
    let tower = "a" + String(repeating: "\u{301}", count: 60)
    #expect(Card(name: tower).name?.unicodeScalars.count == 40)
  }

  @Test func `minutes become hours when there are many`() throws {
    for (minutes, shown): (Int64, [String]) in [
      (1, ["1", "minute"]), (599, ["599", "minutes"]), (600, ["10", "hours"]),
      (1_000_000_000, ["16\u{202F}666\u{202F}666", "hours"]),
      (.max, ["153P", "hours"]),
    ] {
      #expect(try Drawing(Card(minutes: minutes).svg(look)).texts.suffix(2) == shown[...])
    }
  }

  @Test func `a wide card has two columns, a narrow one is scaled down`() throws {
    let wide = try Drawing(Sample.card.svg(Look(width: 800)))
    #expect(try wide.root.number("height") < Drawing(Sample.card.svg(look)).root.number("height"))
    let narrow = try Drawing(Sample.card.svg(Look(width: 200)))
    #expect(narrow.root.attributes["viewBox"]?.hasPrefix("0 0 280 ") == true)
    #expect(try narrow.root.number("width") == 200)
    #expect(Look(width: 3).width == 200 && Look(width: 5000).width == 1200)
  }

  @Test func `the automatic theme is the light one, and dark where the reader's system is`() throws {
    let (auto, light, dark) = try (
      Drawing(Sample.card.svg(Look(theme: .auto, width: 400))), Drawing(Sample.card.svg(look)),
      Drawing(Sample.card.svg(Look(theme: .dark, width: 400)))
    )
    #expect(fills(auto) == fills(light))
    let style = try #require(auto.all("style").first?.text)
    for color in Set(fills(dark)) where color != "none" { #expect(style.contains(color)) }
    #expect(Set(fills(dark)).intersection(fills(light)) == ["none"])
  }

  private func fills(_ drawing: Drawing) -> [String] { drawing.root.all.compactMap { $0.attributes["fill"] } }
}
