/// Where bars, line and axes of a trend stand.
struct TrendFrame {
  let width, height: Double
  private let padding, left, right, top, bottom, pitch: Double
  private let axis: Axis

  /// A day of ten minutes is not drawn as if it were a mountain.
  private static let highestMin = 10.0
  private static let textSize = 11.0

  init(width: Double, days: Int, highest: Double) {
    self.width = min(width, 900)
    height = self.width < 320 ? 180 : self.width < 600 ? 220 : 260
    axis = Axis(upTo: max(highest, TrendFrame.highestMin))
    padding = self.width < 320 ? 12 : 20
    let gutter = axis.ticks.map { TextWidth.of(TrendFrame.label($0), size: TrendFrame.textSize) }.max() ?? 0
    left = padding + gutter + 8
    right = self.width - padding
    top = padding + 32
    bottom = height - padding - 18
    pitch = (right - left) / Double(days)
  }

  private static func label(_ value: Double) -> String { NumberText.short(Int64(min(value, 9e18))) }

  private func y(_ value: Double) -> Double { bottom - value / axis.end * (bottom - top) }

  private func center(_ index: Int) -> Double { left + (Double(index) + 0.5) * pitch }

  func point(_ index: Int, _ value: Double) -> SVG.Point { (center(index), y(value)) }

  /// The outline of a bar, round at its top where it is wide enough; what is there is seen, however little.
  func bar(_ index: Int, _ value: Double) -> String {
    let width = min(pitch > 8 ? pitch * 0.7 : pitch > 4 ? pitch - 2 : pitch > 2 ? pitch * 0.75 : pitch, 18)
    let top = min(y(value), bottom - 1.5)
    let radius = width >= 5 ? min(2, bottom - top) : 0
    let start = "M\(decimal(center(index) - width / 2)) \(decimal(bottom))"
    guard radius > 0 else { return "\(start)V\(decimal(top))h\(decimal(width))V\(decimal(bottom))z" }
    let arc = "a\(decimal(radius)) \(decimal(radius)) 0 0 1 \(decimal(radius))"
    return "\(start)V\(decimal(top + radius))\(arc) \(decimal(-radius))h\(decimal(width - 2 * radius))"
      + "\(arc) \(decimal(radius))V\(decimal(bottom))z"
  }

  func drawLegend(into svg: inout SVG) {
    let isNarrow = width < 320
    let names = isNarrow ? ("min / day", "7-day mean") : ("minutes a day", "mean of 7 days")
    let (size, gap) = isNarrow ? (10.5, 10.0) : (12, 16)
    let y = padding + 10
    svg.rectangle(x: padding, y: y - 9, width: 10, height: 10, radius: 2, color: .role(.shade1))
    svg.text(names.0, x: padding + 16, y: y, size: size, color: .role(.quiet))
    let next = padding + 16 + TextWidth.of(names.0, size: size) + gap
    svg.line(from: (next, y - 4), to: (next + gap, y - 4), color: .role(.shade4), width: 2)
    svg.text(names.1, x: next + gap + 6, y: y, size: size, color: .role(.quiet))
  }

  func drawAxis(into svg: inout SVG) {
    for tick in axis.ticks {
      svg.line(from: (left, y(tick)), to: (right, y(tick)), color: .role(.border))
      svg.text(
        TrendFrame.label(tick), x: left - 8, y: y(tick) + 4, size: TrendFrame.textSize, color: .role(.quiet),
        anchor: .end)
    }
  }

  /// Those for which there is room, the last first.
  func drawDates(_ marks: [(index: Int, text: String)], into svg: inout SVG) {
    var end = width - padding / 2
    for mark in marks.sorted(by: { $0.index > $1.index }) {
      let half = TextWidth.of(mark.text, size: TrendFrame.textSize) / 2
      let middle = min(center(mark.index), right - half)
      guard middle + half <= end, middle - half >= padding / 2 else { continue }
      svg.text(
        mark.text, x: middle, y: height - padding, size: TrendFrame.textSize, color: .role(.quiet), anchor: .middle)
      end = middle - half - 8
    }
  }
}
