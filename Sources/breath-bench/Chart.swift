/// Where a figure stands in the plot.
struct ChartPoint {
  let chart: Chart
  let series: String
  /// On the horizontal axis, or the bar: by name, in the order they come.
  let place: String

  init(_ chart: Chart, _ series: String, _ place: String) {
    self.chart = chart
    self.series = series
    self.place = place
  }
}

/// The charts of the plot, in the order they are drawn.
enum Chart: CaseIterable {
  case latency, stages, pushes, pulls

  var title: String {
    switch self {
    case .latency: "How long a push takes, alone"
    case .stages: "Where a sync spends processor time"
    case .pushes: "Pushes of one session"
    case .pulls: "Pulls of 200 sessions"
    }
  }

  /// What the numbers are, and of what.
  var axes: (values: String, places: String) {
    switch self {
    case .latency: ("milliseconds", "new sessions in the push")
    case .stages: ("microseconds in the function's process", "")
    case .pushes, .pulls: ("requests a second", "clients at a time")
    }
  }

  /// A line of the design's, across.
  var target: Double? {
    switch self {
    case .pushes: 2500
    case .pulls: 2700
    case .latency, .stages: nil
    }
  }
}

/// The figures of one chart, by series and by place.
struct ChartData {
  private(set) var series: [String] = []
  private(set) var places: [String] = []
  private var values: [String: [String: Double]] = [:]

  init(_ chart: Chart, in figures: [Figure]) {
    for figure in figures where figure.missing == nil {
      guard let point = figure.point, point.chart == chart else { continue }
      if !series.contains(point.series) { series.append(point.series) }
      if !places.contains(point.place) { places.append(point.place) }
      values[point.series, default: [:]][point.place] = figure.value
    }
  }

  subscript(series: String, place: String) -> Double? { values[series]?[place] }

  var isEmpty: Bool { places.isEmpty }

  var highest: Double { series.flatMap { series in places.compactMap { self[series, $0] } }.max() ?? 0 }

  /// All series of a place on one another.
  func sum(_ place: String) -> Double { series.compactMap { self[$0, place] }.reduce(0, +) }
}
