import BreathDomain
import Pictures
import TestSupport
import Testing

@Suite struct HeatmapTests {
  private let look = Look(theme: .light, width: 800)

  @Test(arguments: 1...7) func `there are 53 weeks, which begin on the chosen weekday`(weekStart: Int) throws {
    let heatmap = Heatmap(through: Sample.today, minutes: Sample.minutes, weekStart: weekStart)
    #expect(heatmap.from.isoWeekday == weekStart)
    let days = Sample.today.days(since: heatmap.from) + 1
    #expect((365...371).contains(days))
    let cells = try Drawing(heatmap.svg(look)).all("path")
    #expect(cells.count == days)
    // Each day once, with its own tooltip, in its place.
    let titles = cells.compactMap { $0.children.first?.text }
    let expected = (0..<days).map { index in
      let day = heatmap.from.adding(days: index)
      return "\(day) · \(Sample.minutes[day] ?? 0) min"
    }
    #expect(titles.sorted() == expected.sorted())
    #expect(Set(cells.compactMap { $0.attributes["d"] }).count == days)
  }

  @Test func `a day stands under its week, in the row of its weekday`() throws {
    let heatmap = Heatmap(through: Sample.today, minutes: [:])
    let cells = try Drawing(heatmap.svg(look)).all("path")
    let places = try Dictionary(
      uniqueKeysWithValues: cells.map { cell in
        let title = try #require(cell.children.first?.text)
        let day = try #require(LocalDate(String(title.prefix(10))))
        let match = try #require(cell.attributes["d"]?.firstMatch(of: /M([\d.]+) ([\d.]+)/))
        return (day, (x: try #require(Double(match.1)), y: try #require(Double(match.2))))
      })
    for (day, place) in places {
      if let next = places[day.adding(days: 7)] { #expect(next.x > place.x && next.y == place.y) }
      if day.isoWeekday < 7, let next = places[day.adding(days: 1)] { #expect(next.x == place.x && next.y > place.y) }
    }
  }

  @Test func `a day is as dark as its step, in both themes`() throws {
    let steps: [Int64: Role] = [
      -5: .shade0, 0: .shade0, 1: .shade1, 4: .shade1, 5: .shade2, 9: .shade2, 10: .shade3, 19: .shade3, 20: .shade4,
      .max: .shade4,
    ]
    for (minutes, role) in steps {
      for theme in [Theme.light, .dark] {
        let heatmap = Heatmap(through: Sample.today, minutes: [Sample.today: minutes])
        let groups = try Drawing(heatmap.svg(Look(theme: theme))).all("g")
        let group = try #require(groups.first { $0.all.contains { $0.text.hasPrefix("\(Sample.today)") } })
        #expect(group.attributes["fill"] == Palette.color(role, isDark: theme == .dark), "\(minutes) minutes")
      }
    }
  }

  @Test func `a narrow heatmap goes on in further rows, with cells that can be seen`() throws {
    for (width, rows) in [(200, 3), (400, 2), (600, 1), (1200, 1)] {
      let drawing = try Drawing(Sample.heatmap.svg(Look(width: width)))
      let heights = try drawing.all("text").filter { $0.text == "2" || $0.text == "8" || $0.text == "11" }
        .map { try $0.number("y") }
      #expect(Set(heights).count == min(rows, 3), "\(width)")
    }
  }

  @Test func `months are numbers, and January is the year`() throws {
    let texts = try Drawing(Sample.heatmap.svg(look)).texts
    let months = texts.filter { $0.wholeMatch(of: /\d+/) != nil && $0 != "0" }
    #expect(months == ["12", "2026", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11"])
  }

  @Test func `the header tells what was practised, and nothing when there is nothing`() throws {
    let some = Heatmap(through: Sample.today, minutes: [Sample.today: 30, Sample.today.adding(days: -3): 12])
    let drawing = try Drawing(some.svg(look))
    #expect(drawing.texts.prefix(2) == ["42 minutes on 2 days", "2025-11-24 – 2026-11-24"])
    #expect(drawing.description == "A calendar of the minutes practised each day: 42 minutes on 2 days.")
    let none = try Drawing(Heatmap(through: Sample.today, minutes: [:]).svg(look))
    #expect(none.texts.first == "2025-11-24 – 2026-11-24")
  }

  @Test func `a full year is small enough to be fetched often`() throws {
    let days = (0..<400).map { (Sample.today.adding(days: $0 - 390), 1_000_000_000 as Int64) }
    let sunday = LocalDate(year: 2026, month: 11, day: 29)!
    let svg = Heatmap(through: sunday, minutes: Dictionary(uniqueKeysWithValues: days)).svg(Look(theme: .auto))
    #expect(try Drawing(svg).all("path").count == 371)
    #expect(svg.utf8.count < 45_000)
  }
}
