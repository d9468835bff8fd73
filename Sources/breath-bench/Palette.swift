import Pictures

enum Palette {
  static let paper: SVG.Paint = "#ffffff", ink: SVG.Paint = "#24292f", faint: SVG.Paint = "#6e7781"
  static let grid: SVG.Paint = "#e3e7eb", target: SVG.Paint = "#b3261e"
  /// For series: told apart also without colour, by how light they are.
  static let series: [SVG.Paint] = ["#1f5f8b", "#d08a2c", "#6fa8cf", "#5e8c61", "#b7c4cf"]

  static func color(_ index: Int) -> SVG.Paint { series[index % series.count] }
}
