import BreathDomain

/// Where the days stand. Where a year does not fit the width in cells that can be seen, it goes on in further rows.
struct HeatmapGrid {
  let width, left, padding, pitch: Double
  let weeksPerRow, rows: Int
  private let first: LocalDate

  private static let pitchMin = 9.5, pitchMax = 16.0
  private static let header = 24.0, months = 16.0, legend = 28.0, rowGap = 8.0

  init(width: Double, first: LocalDate) {
    self.width = min(width, 900)
    self.first = first
    padding = width < 320 ? 12 : 20
    let room = self.width - 2 * padding
    rows = Int((Double(Heatmap.weeks) * HeatmapGrid.pitchMin / room).rounded(.up))
    weeksPerRow = (Heatmap.weeks + rows - 1) / rows
    pitch = min(room / Double(weeksPerRow), HeatmapGrid.pitchMax)
    left = padding
  }

  private var gap: Double { pitch < 12 ? 2 : 3 }
  private var cell: Double { pitch - gap }
  private var rowHeight: Double { HeatmapGrid.months + 7 * pitch }
  private var right: Double { left + Double(weeksPerRow) * pitch - gap }
  var height: Double {
    2 * padding + HeatmapGrid.header + Double(rows) * (rowHeight + HeatmapGrid.rowGap) + HeatmapGrid.legend - gap
  }

  private func corner(of day: LocalDate) -> SVG.Point {
    let (week, weekday) = day.days(since: first).quotientAndRemainder(dividingBy: 7)
    let (row, column) = week.quotientAndRemainder(dividingBy: weeksPerRow)
    return (left + Double(column) * pitch, top(of: row) + HeatmapGrid.months + Double(weekday) * pitch)
  }

  private func top(of row: Int) -> Double {
    padding + HeatmapGrid.header + Double(row) * (rowHeight + HeatmapGrid.rowGap)
  }

  // MARK: - Drawing

  /// A square whose corners its outline makes round: shorter than a rectangle with a radius.
  func outline(of day: LocalDate) -> String {
    let (x, y) = corner(of: day)
    let side = decimal(cell - HeatmapGrid.rounding)
    return
      "M\(decimal(x + HeatmapGrid.rounding / 2)) \(decimal(y + HeatmapGrid.rounding / 2))h\(side)v\(side)h-\(side)z"
  }

  func attributes(of step: Int) -> KeyValuePairs<String, SVG.Attribute?> {
    [
      "fill": .role(.shade(step)), "stroke": .role(.shade(step)), "stroke-width": .number(HeatmapGrid.rounding),
      "stroke-linejoin": "round",
    ]
  }

  private static let rounding = 3.0

  /// Above the week in which a month begins.
  func drawMonths(through: LocalDate, into svg: inout SVG) {
    for week in 0..<Heatmap.weeks {
      let days = (0..<7).map { first.adding(days: 7 * week + $0) }
      guard let start = days.first(where: { $0.day == 1 && $0 <= through }) else { continue }
      let place = corner(of: days[0])
      let text = DateText.month(start)
      guard place.x + TextWidth.of(text, size: 10) < width - padding / 2 else { continue }
      svg.text(text, x: place.x, y: place.y - 6, size: 10, color: .role(.quiet))
    }
  }

  func drawLegend(into svg: inout SVG) {
    let y = height - padding
    var x = left
    for (step, text) in ["0", "1–4", "5–9", "10–19", "20+ min"].enumerated() {
      svg.rectangle(x: x, y: y - 9.5, width: 10, height: 10, radius: 2.5, color: .role(.shade(step)))
      svg.text(text, x: x + 15, y: y, size: 11, color: .role(.quiet))
      x += 15 + TextWidth.of(text, size: 11) + (width < 320 ? 6 : 14)
    }
  }
}
