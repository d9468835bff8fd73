import BreathDomain
import Pictures
import Testing

@Suite struct TrendTests {
  private let look = Look(theme: .light, width: 800)

  @Test(arguments: Trend.Span.allCases) func `each day with practice has a bar`(span: Trend.Span) throws {
    let trend = Sample.trend(span)
    #expect(trend.through.days(since: trend.from) == span.rawValue - 1)
    let bars = try Drawing(trend.svg(look)).all("path").compactMap { $0.children.first?.text }
    let expected = (0..<span.rawValue).compactMap { index in
      let day = trend.from.adding(days: index)
      return Sample.minutes[day].map { "\(day) · \($0) min" }
    }
    #expect(bars == expected)
  }

  @Test func `the line is the mean of seven days, those before the picture included`() throws {
    let today = Sample.today
    let trend = Trend(
      through: today,
      minutes: [today: 14, today.adding(days: -6): 7, today.adding(days: -7): 70, today.adding(days: -31): 21])
    let means = trend.means
    #expect(means.count == 30)
    #expect(means[29] == 3 && means[28] == 11)
    // 31 days ago is two days before the first day shown, and in its mean.
    #expect(means[0] == 3 && means[4] == 3 && means[5] == 0)
    #expect(try Drawing(trend.svg(look)).all("polyline").count == 1)
  }

  @Test func `bars are as high as their minutes`() throws {
    let today = Sample.today
    let trend = Trend(through: today, minutes: [today: 20, today.adding(days: -2): 10])
    let drawing = try Drawing(trend.svg(look))
    let lines = try drawing.all("line").filter { $0.attributes["stroke-width"] == nil }.map { try $0.number("y1") }
    let (zero, twenty) = (try #require(lines.first), try #require(lines.last))
    let tops = try drawing.all("path").map { bar in
      let numbers = try #require(bar.attributes["d"]).matches(of: /-?[\d.]+/).compactMap { Double($0.output) }
      // M x bottom V top+radius a radius …
      return numbers[2] - numbers[3]
    }
    #expect(tops == [(zero + twenty) / 2, twenty])
  }

  @Test func `an empty trend has axes and no line`() throws {
    let drawing = try Drawing(Trend(through: Sample.today, minutes: [:]).svg(look))
    #expect(drawing.all("path").isEmpty && drawing.all("polyline").isEmpty)
    #expect(
      drawing.texts == ["minutes a day", "mean of 7 days", "0", "5", "10", "11-24", "11-17", "11-10", "11-03", "10-27"])
    #expect(drawing.description == "Minutes practised each day, and their mean over 7 days.")
  }

  @Test func `great numbers have the prefixes of the SI`() throws {
    let trend = Trend(through: Sample.today, minutes: [Sample.today: 1_000_000_000])
    #expect(try Drawing(trend.svg(look)).texts.contains("500M"))
  }

  @Test func `a year is marked by months`() throws {
    let texts = try Drawing(Sample.trend(.year).svg(look)).texts
    for month in ["12", "2026", "2", "11"] { #expect(texts.contains(month)) }
  }
}
