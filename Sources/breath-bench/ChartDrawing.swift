import Pictures

/// One chart: bars in groups, bars in pieces, or lines, by what it shows.
struct ChartDrawing {
  let chart: Chart
  let data: ChartData
  let frame: ChartFrame

  func draw(into svg: inout SVG) {
    svg.text(chart.title, x: frame.left, y: frame.y + 22, size: 14, color: Palette.ink, isBold: true)
    drawLegend(into: &svg)
    switch chart {
    case .latency: drawGroups(into: &svg)
    case .stages: drawPieces(into: &svg)
    case .pushes, .pulls: drawLines(into: &svg)
    }
  }

  /// The series in rows as wide as the chart.
  private func drawLegend(into svg: inout SVG) {
    var (x, y) = (frame.left, frame.y + 42)
    for (index, name) in data.series.enumerated() {
      let width = 30 + 6 * Double(name.count)
      if x + width > frame.right { (x, y) = (frame.left, y + 16) }
      svg.rectangle(x: x, y: y - 9, width: 10, height: 10, color: Palette.color(index))
      svg.text(name, x: x + 15, y: y, size: 11, color: Palette.ink)
      x += width
    }
  }

  // MARK: - Vertical axes

  private var left: Double { frame.left + 40 }

  /// The axis with its lines across, and what it counts.
  private func drawAxis(upTo highest: Double, into svg: inout SVG) -> (Double) -> Double {
    let axis = Axis(upTo: highest)
    let height = { (value: Double) in frame.bottom - value / axis.end * (frame.bottom - frame.top) }
    for tick in axis.ticks {
      svg.line(from: (left, height(tick)), to: (frame.right, height(tick)), color: Palette.grid)
      svg.text(shortNumber(tick), x: left - 6, y: height(tick) + 4, size: 11, color: Palette.faint, anchor: .end)
    }
    svg.text(chart.axes.values, x: frame.left, y: frame.top - 13, size: 10.5, color: Palette.faint)
    svg.text(
      chart.axes.places, x: (left + frame.right) / 2, y: frame.bottom + 34, size: 10.5, color: Palette.faint,
      anchor: .middle)
    return height
  }

  private func center(of place: Int) -> Double {
    left + (Double(place) + 0.5) * (frame.right - left) / Double(data.places.count)
  }

  private func drawGroups(into svg: inout SVG) {
    let height = drawAxis(upTo: data.highest * 1.05, into: &svg)
    let width = 30.0
    for (index, place) in data.places.enumerated() {
      let start = center(of: index) - width * Double(data.series.count) / 2
      for (number, series) in data.series.enumerated() {
        guard let value = data[series, place] else { continue }
        let x = start + width * Double(number)
        let top = height(value)
        svg.rectangle(x: x + 1, y: top, width: width - 2, height: frame.bottom - top, color: Palette.color(number))
        svg.text(shortNumber(value), x: x + width / 2, y: top - 4, size: 10, color: Palette.ink, anchor: .middle)
      }
      svg.text(place, x: center(of: index), y: frame.bottom + 17, size: 11, color: Palette.ink, anchor: .middle)
    }
  }

  private func drawLines(into svg: inout SVG) {
    let height = drawAxis(upTo: max(data.highest, chart.target ?? 0) * 1.08, into: &svg)
    if let target = chart.target {
      svg.line(
        from: (left, height(target)), to: (frame.right, height(target)), color: Palette.target, isDashed: true)
      svg.text(
        "target with 16 clients: \(shortNumber(target))", x: left + 6, y: height(target) - 5, size: 10.5,
        color: Palette.target)
    }
    for (number, series) in data.series.enumerated() {
      let points = data.places.enumerated().compactMap { index, place in
        data[series, place].map { (x: center(of: index), y: height($0), value: $0) }
      }
      svg.polyline(points.map { ($0.x, $0.y) }, color: Palette.color(number))
      for point in points { svg.circle((point.x, point.y), radius: 3.5, color: Palette.color(number)) }
      // The first series is the lower one.
      for point in points {
        let y = point.y + (number == 0 ? 16 : -8)
        svg.text(
          shortNumber(point.value), x: point.x, y: y, size: 10, color: Palette.color(number), anchor: .middle)
      }
    }
    for (index, place) in data.places.enumerated() {
      svg.text(place, x: center(of: index), y: frame.bottom + 17, size: 11, color: Palette.ink, anchor: .middle)
    }
  }

  // MARK: - Bars that lie

  /// Each place one bar, the series its pieces.
  private func drawPieces(into svg: inout SVG) {
    let left = frame.left + 76
    let right = frame.right - 34
    let axis = Axis(upTo: data.places.map(data.sum).max() ?? 1)
    let width = { (value: Double) in value / axis.end * (right - left) }
    for tick in axis.ticks {
      let x = left + width(tick)
      svg.line(from: (x, frame.top), to: (x, frame.bottom), color: Palette.grid)
      svg.text(shortNumber(tick), x: x, y: frame.bottom + 17, size: 11, color: Palette.faint, anchor: .middle)
    }
    svg.text(
      chart.axes.values, x: (left + right) / 2, y: frame.bottom + 34, size: 10.5, color: Palette.faint, anchor: .middle)
    let row = (frame.bottom - frame.top) / Double(data.places.count)
    for (index, place) in data.places.enumerated() {
      let middle = frame.top + (Double(index) + 0.5) * row
      svg.text(place, x: left - 8, y: middle + 4, size: 11, color: Palette.ink, anchor: .end)
      var x = left
      for (number, series) in data.series.enumerated() {
        guard let value = data[series, place] else { continue }
        svg.rectangle(x: x, y: middle - 13, width: width(value), height: 26, color: Palette.color(number))
        x += width(value)
      }
      svg.text(shortNumber(data.sum(place)), x: x + 6, y: middle + 4, size: 11, color: Palette.ink, isBold: true)
    }
  }
}
