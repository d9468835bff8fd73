/// The figures as a picture: a chart in each quarter.
struct Plot {
  private let report: Report

  init(_ report: Report) { self.report = report }

  private static let width = 800.0, cellHeight = 290.0, top = 74.0

  var svg: String {
    let charts = Chart.allCases.map { (chart: $0, data: ChartData($0, in: report.figures)) }.filter { !$0.data.isEmpty }
    let rows = (Double(charts.count) / 2).rounded(.up)
    var svg = SVG(width: Plot.width, height: Plot.top + rows * Plot.cellHeight + 6)
    svg.text("Breath Master Sync: what was measured", x: 20, y: 28, size: 17, isBold: true)
    for (index, line) in lines(report.surroundings).enumerated() {
      svg.text(line, x: 20, y: 46 + 14 * Double(index), size: 10.5, color: Palette.faint)
    }
    for (index, item) in charts.enumerated() {
      let frame = ChartFrame(
        x: Double(index % 2) * Plot.width / 2, y: Plot.top + Double(index / 2) * Plot.cellHeight,
        width: Plot.width / 2, height: Plot.cellHeight)
      ChartDrawing(chart: item.chart, data: item.data, frame: frame).draw(into: &svg)
    }
    return svg.document
  }

  /// Broken where it fits the width.
  private func lines(_ text: String) -> [String] {
    text.split(separator: " ").reduce(into: [""]) { lines, word in
      let line = lines[lines.count - 1]
      if line.count + word.count < 130 {
        lines[lines.count - 1] = line.isEmpty ? String(word) : "\(line) \(word)"
      } else {
        lines.append(String(word))
      }
    }
  }
}

/// The place of a chart, and of what it is drawn in.
struct ChartFrame {
  let x, y, width, height: Double

  /// Left of the drawing, names of bars or numbers of the axis.
  var left: Double { x + 20 }
  var right: Double { x + width - 24 }
  var top: Double { y + 74 }
  var bottom: Double { y + height - 46 }
}

/// Where numbers stand on an axis from 0 on.
struct Axis {
  let step: Double
  let end: Double

  /// Some four steps of 1, 2 or 5 times a power of ten, that reach beyond `highest`.
  init(upTo highest: Double) {
    var power = 1.0
    while power * 10 <= max(highest, 0.001) / 4 { power *= 10 }
    while power > max(highest, 0.001) / 4 { power /= 10 }
    let step = [1, 2, 5, 10].map { $0 * power }.first { $0 * 4.5 >= highest } ?? power * 10
    self.step = step
    end = (highest / step).rounded(.up) * step
  }

  var ticks: [Double] { Array(stride(from: 0, through: end + step / 2, by: step)) }
}

/// `1,234`, `12.3`, `1.23`: as many digits as tell something.
func shortNumber(_ value: Double) -> String {
  let digits: Double = value >= 100 ? 1 : value >= 10 ? 10 : 100
  let rounded = (value * digits).rounded() / digits
  return rounded == rounded.rounded() ? Int(rounded).grouped : "\(rounded)"
}
