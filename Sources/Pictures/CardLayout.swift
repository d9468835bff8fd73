/// A part of a card, as wide as it is told to be.
protocol CardBlock {
  var height: Double { get }
  func draw(into svg: inout SVG, x: Double, y: Double, width: Double)
}

/// One column, or two where there is room for them.
struct CardLayout {
  let width, height: Double
  private let columns: [Column]
  private let padding: Double

  private static let gap = 20.0, gutter = 40.0
  /// Narrower than this a card is scaled down, wider up: between them it is laid out for its width.
  private static let widths = 280.0...840.0
  private static let twoColumnsMin = 600.0

  init(width: Double, heading: [any CardBlock], details: [any CardBlock]) {
    self.width = min(max(width, CardLayout.widths.lowerBound), CardLayout.widths.upperBound)
    padding = self.width < 360 ? 20 : 24
    let room = self.width - 2 * padding
    if self.width < CardLayout.twoColumnsMin || details.isEmpty {
      columns = [Column(blocks: heading + details, x: padding, width: room)]
    } else {
      let half = (room - CardLayout.gutter) / 2
      columns = [
        Column(blocks: heading, x: padding, width: half),
        Column(blocks: details, x: padding + half + CardLayout.gutter, width: half),
      ]
    }
    height = (columns.map(\.height).max() ?? 0) + 2 * padding
  }

  /// The lower column stands in the middle of the higher one.
  func draw(into svg: inout SVG) {
    for column in columns {
      var y = (height - column.height) / 2
      for block in column.blocks {
        block.draw(into: &svg, x: column.x, y: y, width: column.width)
        y += block.height + CardLayout.gap
      }
    }
  }

  private struct Column {
    let blocks: [any CardBlock]
    let x, width: Double

    var height: Double {
      blocks.map(\.height).reduce(0, +) + CardLayout.gap * Double(max(0, blocks.count - 1))
    }
  }
}
