import BreathDomain

/// Who it is and how far: a mark, and up to three lines beside it.
struct HeadingBlock: CardBlock {
  let level: Level?
  let over: String?
  let title: String
  let under: String?

  let height = 56.0
  private let titleSize = 20.0

  func draw(into svg: inout SVG, x: Double, y: Double, width: Double) {
    let mark = BreathMark(center: (x + height / 2, y + height / 2), radius: height / 2)
    if let level { mark.draw(level, into: &svg) } else { mark.draw(into: &svg) }
    let left = x + height + 16
    let room = x + width - left
    let lines = [over, title, under].compactMap { $0 }.count
    let baseline = lines == 1 ? y + 35 : lines == 2 ? y + 26 : y + 34
    if let over { svg.text(over, x: left, y: baseline - 23, size: 11, color: .role(.quiet)) }
    // A name may be in any script: no measure is sure to hold.
    svg.clipped(x: left, y: baseline - 22, width: room, height: 30) { svg in
      svg.text(
        TextWidth.fitting(title, width: room, size: titleSize, isBold: true), x: left, y: baseline, size: titleSize,
        color: .role(.ink), isBold: true)
    }
    if let under {
      let size = TextWidth.size(under, width: room, atMost: 13)
      svg.text(under, x: left, y: baseline + 20, size: size, color: .role(.quiet))
    }
  }
}

/// XP within the level, as a bar with its numbers.
struct ProgressBlock: CardBlock {
  let progress: LevelProgress

  let height = 30.0

  func draw(into svg: inout SVG, x: Double, y: Double, width: Double) {
    svg.text(progress.text, x: x, y: y + 11, size: 12, color: .role(.quiet))
    svg.rectangle(x: x, y: y + 22, width: width, height: 8, radius: 4, color: .role(.track))
    guard progress.part > 0 else { return }
    svg.rectangle(x: x, y: y + 22, width: max(8, width * progress.part), height: 8, radius: 4, color: .role(.accent))
  }
}

/// Numbers side by side, each above its unit.
struct NumbersBlock: CardBlock {
  let numbers: [Quantity]

  let height = 44.0

  func draw(into svg: inout SVG, x: Double, y: Double, width: Double) {
    let column = width / Double(numbers.count)
    for (index, quantity) in numbers.enumerated() {
      let left = x + column * Double(index)
      let size = TextWidth.size(quantity.number, width: column - 8, atMost: 24, isBold: true)
      svg.text(quantity.number, x: left, y: y + 20, size: size, color: .role(.ink), isBold: true)
      let unitSize = TextWidth.size(quantity.unit, width: column - 8, atMost: 12)
      svg.text(quantity.unit, x: left, y: y + 40, size: unitSize, color: .role(.quiet))
    }
  }
}

/// The last days as dots, filled when there was practice. No weekday is better than another.
struct WeekBlock: CardBlock {
  let days: [Bool]

  let height = 20.0

  func draw(into svg: inout SVG, x: Double, y: Double, width: Double) {
    let pitch = 28.0
    for (index, isPractised) in days.enumerated() {
      let center = (x: x + 10 + pitch * Double(index), y: y + 10)
      if isPractised {
        svg.circle(center, radius: 9, color: .role(.accent))
      } else {
        svg.circle(center, radius: 9, color: nil, outline: .role(.shade1), line: 1.5)
      }
    }
    let count = days.count(where: \.self)
    guard count > 0 else { return }
    svg.text(
      "\(count) of \(days.count)", x: x + pitch * Double(days.count) + 4, y: y + 14.5, size: 13, color: .role(.quiet))
  }
}
