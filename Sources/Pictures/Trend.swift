package import BreathDomain

/// Minutes of the last days, a bar each, and the mean of seven days as a line.
package struct Trend: Picture, Equatable {
  package enum Span: Int, CaseIterable, Sendable {
    case month = 30
    case quarter = 90
    case year = 365
  }

  /// Days a point of the line is the mean of: its own and those before it.
  package static let meanDays = 7

  /// The last day shown: today where the person is.
  package let through: LocalDate
  /// Whole minutes of each day with practice. The six days before the first shown count in the line.
  package let minutes: [LocalDate: Int64]
  package let span: Span

  package init(through: LocalDate, minutes: [LocalDate: Int64], span: Span = .month) {
    self.through = through
    self.minutes = minutes
    self.span = span
  }

  package var from: LocalDate { through.adding(days: 1 - span.rawValue) }

  package func svg(_ look: Look) -> String {
    let frame = TrendFrame(width: Double(look.width), days: span.rawValue, highest: bars.map(Double.init).max() ?? 0)
    var svg = SVG(
      width: frame.width, height: frame.height, title: "Practice from \(from) to \(through)", description: summary,
      theme: look.theme)
    svg.drawCard()
    frame.drawLegend(into: &svg)
    frame.drawAxis(into: &svg)
    frame.drawDates(marks, into: &svg)
    svg.element("g", ["fill": .role(.shade1)]) { svg in
      for (index, minutes) in bars.enumerated() where minutes > 0 {
        svg.titled(
          "\(from.adding(days: index)) · \(NumberText.count(minutes)) min", frame.bar(index, Double(minutes)))
      }
    }
    if means.contains(where: { $0 > 0 }) {
      svg.polyline(
        means.enumerated().map { frame.point($0, $1) }, color: .role(.shade4), width: span == .year ? 1.5 : 2)
    }
    return svg.document(shownWidth: Double(look.width), copy: look.copy)
  }

  private var bars: [Int64] { (0..<span.rawValue).map { minutes(on: from.adding(days: $0)) } }

  private func minutes(on date: LocalDate) -> Int64 { max(0, minutes[date] ?? 0) }

  /// The mean of each day shown.
  package var means: [Double] {
    (0..<span.rawValue).map { index in
      let week = (0..<Trend.meanDays).map { Double(minutes(on: from.adding(days: index - $0))) }
      return week.reduce(0, +) / Double(Trend.meanDays)
    }
  }

  /// Days with a date under them, and the date.
  private var marks: [(index: Int, text: String)] {
    switch span {
    case .month, .quarter:
      stride(from: span.rawValue - 1, through: 0, by: span == .month ? -7 : -21).map {
        ($0, DateText.day(from.adding(days: $0)))
      }
    case .year:
      (0..<span.rawValue).compactMap { index in
        let date = from.adding(days: index)
        return date.day == 1 ? (index, DateText.month(date)) : nil
      }
    }
  }

  private var summary: String {
    let practised = Quantity.practised(bars).map { ": \($0)." } ?? "."
    return "Minutes practised each day, and their mean over \(Trend.meanDays) days" + practised
  }
}
