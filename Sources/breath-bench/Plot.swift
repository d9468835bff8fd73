import Pictures
internal import ToolSupport

/// The figures as a picture: a chart in each quarter.
struct Plot {
  private let report: Report

  init(_ report: Report) { self.report = report }

  private static let title = "Breath Master Sync: what was measured"
  private static let width = 800.0, cellHeight = 290.0, top = 74.0

  var svg: String {
    let charts = Chart.allCases.map { (chart: $0, data: ChartData($0, in: report.figures)) }.filter { !$0.data.isEmpty }
    let rows = (Double(charts.count) / 2).rounded(.up)
    var svg = SVG(
      width: Plot.width, height: Plot.top + rows * Plot.cellHeight + 6, title: Plot.title,
      description: charts.map(\.chart.title).joined(separator: "; "))
    svg.rectangle(x: 0, y: 0, width: svg.width, height: svg.height, color: Palette.paper)
    svg.text(Plot.title, x: 20, y: 28, size: 17, color: Palette.ink, isBold: true)
    for (index, line) in lines(report.surroundings).enumerated() {
      svg.text(line, x: 20, y: 46 + 14 * Double(index), size: 10.5, color: Palette.faint)
    }
    for (index, item) in charts.enumerated() {
      let frame = ChartFrame(
        x: Double(index % 2) * Plot.width / 2, y: Plot.top + Double(index / 2) * Plot.cellHeight,
        width: Plot.width / 2, height: Plot.cellHeight)
      ChartDrawing(chart: item.chart, data: item.data, frame: frame).draw(into: &svg)
    }
    return svg.document(fonts: "Helvetica, Arial, 'DejaVu Sans', sans-serif")
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

/// `1,234`, `12.3`, `1.23`: as many digits as tell something.
func shortNumber(_ value: Double) -> String {
  let digits: Double = value >= 100 ? 1 : value >= 10 ? 10 : 100
  let rounded = (value * digits).rounded() / digits
  return rounded == rounded.rounded() ? Int(rounded).grouped : "\(rounded)"
}
