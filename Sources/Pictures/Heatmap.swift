package import BreathDomain

/// A year of practice: 53 weeks in columns, their days from top to bottom.
package struct Heatmap: Picture, Equatable {
  package static let weeks = 53
  /// The least minutes of the steps above "none". Fixed, so that a day looks the same in every picture, and set to the
  /// goals people choose from (3 to 40 minutes): a short day is well seen, and more than 20 minutes is as good as it gets.
  package static let stepMinutes: [Int64] = [1, 5, 10, 20]

  /// The last day shown: today where the person is.
  package let through: LocalDate
  /// Whole minutes of each day with practice, rounded up, so that any practice is seen. Other days are ignored.
  package let minutes: [LocalDate: Int64]
  /// ISO weekday on which a column begins, 1 (Monday) to 7.
  package let weekStart: Int

  package init(through: LocalDate, minutes: [LocalDate: Int64], weekStart: Int = 1) {
    self.through = through
    self.minutes = minutes
    self.weekStart = min(max(weekStart, 1), 7)
  }

  /// The first day shown: 52 weeks before the week of `through`.
  package var from: LocalDate {
    through.adding(days: -((through.isoWeekday - weekStart + 7) % 7) - 7 * (Heatmap.weeks - 1))
  }

  package func svg(_ look: Look) -> String {
    let grid = HeatmapGrid(width: Double(look.width), first: from)
    var svg = SVG(
      width: grid.width, height: grid.height, title: "Practice from \(from) to \(through)", description: summary,
      theme: look.theme)
    svg.drawCard()
    grid.drawHeader(practised, "\(from) – \(through)", into: &svg)
    grid.drawMonths(through: through, into: &svg)
    for step in 0...4 { drawDays(step, grid, into: &svg) }
    grid.drawLegend(into: &svg)
    return svg.document(shownWidth: Double(look.width), copy: look.copy)
  }

  private var days: [LocalDate] { (0...through.days(since: from)).map { from.adding(days: $0) } }

  private func minutes(on date: LocalDate) -> Int64 { max(0, minutes[date] ?? 0) }

  static func step(_ minutes: Int64) -> Int { stepMinutes.count { $0 <= minutes } }

  /// `41 hours on 261 days`; nil while there is nothing to count.
  private var practised: String? { Quantity.practised(days.map(minutes(on:))) }

  private var summary: String {
    "A calendar of the minutes practised each day" + (practised.map { ": \($0)." } ?? ".")
  }

  /// All days of one step in one group, which has their colour.
  private func drawDays(_ step: Int, _ grid: HeatmapGrid, into svg: inout SVG) {
    let days = days.filter { Heatmap.step(minutes(on: $0)) == step }
    guard !days.isEmpty else { return }
    svg.element("g", grid.attributes(of: step)) { svg in
      for day in days {
        svg.titled("\(day) · \(NumberText.count(minutes(on: day))) min", grid.outline(of: day, step: step))
      }
    }
  }
}
