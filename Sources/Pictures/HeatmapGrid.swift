import BreathDomain

/// Where the days stand. Where a year does not fit the width in cells that can be seen, it goes on in further rows.
struct HeatmapGrid {
  let width: Double
  private let padding, pitch: Double
  private let weeksPerRow, rows: Int
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
  }

  private var left: Double { padding }

  private var gap: Double { pitch < 12 ? 1.5 : 2 }
  private var cell: Double { pitch - gap }
  private var rowHeight: Double { HeatmapGrid.months + 7 * pitch }
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

  /// A square whose corners its outline makes round: shorter than a rectangle with a radius. More practice is darker and
  /// larger, so that the steps are told apart without colour too.
  func outline(of day: LocalDate, step: Int) -> String {
    let size = (cell * HeatmapGrid.sizes[step]).rounded()
    var (x, y) = corner(of: day)
    x += (cell - size) / 2
    y += (cell - size) / 2
    let side = decimal(size - HeatmapGrid.rounding)
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
  private static let sizes = [0.4, 0.6, 0.75, 0.9, 1.0]

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

  /// What was practised, and from when to when; where there is no room for both, the former.
  func drawHeader(_ practised: String?, _ dates: String, into svg: inout SVG) {
    let (y, size) = (padding + 12, 12.0)
    let end = self.width - padding
    guard let practised else {
      return svg.text(dates, x: left, y: y, size: size, color: .role(.quiet))
    }
    svg.text(practised, x: left, y: y, size: size, color: .role(.ink), isBold: true)
    let needed = TextWidth.of(practised, size: size, isBold: true) + 16 + TextWidth.of(dates, size: size)
    guard needed <= end - left else { return }
    svg.text(dates, x: end, y: y, size: size, color: .role(.quiet), anchor: .end)
  }

  /// Where there is no room for each step's name, the first and the last must do.
  func drawLegend(into svg: inout SVG) {
    let names = ["0", "1–4", "5–9", "10–19", "20+ min"]
    let needed = names.map { 28 + TextWidth.of($0, size: 11) }.reduce(-14, +)
    let isShort = needed > width - 2 * padding
    let (y, cell) = (height - padding, 11.0)
    var x = left
    for (step, name) in names.enumerated() {
      let size = (cell * HeatmapGrid.sizes[step]).rounded()
      svg.rectangle(
        x: x + (cell - size) / 2, y: y - 4 - size / 2, width: size, height: size, radius: min(2.5, size / 2),
        color: .role(.shade(step)))
      x += cell + 4
      if isShort && (1...3).contains(step) { continue }
      svg.text(name, x: x, y: y, size: 11, color: .role(.quiet))
      x += TextWidth.of(name, size: 11) + (isShort ? 6 : 14)
    }
  }
}
