package import BreathDomain

/// What a person wants to show of their practice, in one card. Each thing is there only if the person chose it, and the
/// card closes where one is not.
package struct Card: Picture, Equatable {
  package static let nameScalarsMax = 40

  /// Chosen by the person; cut to `nameScalarsMax` code points, on one line.
  package let name: String?
  package let level: Level?
  /// How far the level has come.
  package let progress: LevelProgress?
  package let streakDays: Int64?
  /// Whether there was practice on each of the last seven days, the oldest first. Days that are missing at the front are
  /// days without.
  package let lastDays: [Bool]?
  package let sessions: Int64?
  package let minutes: Int64?

  package init(
    name: String? = nil, level: Level? = nil, progress: LevelProgress? = nil, streakDays: Int64? = nil,
    lastDays: [Bool]? = nil, sessions: Int64? = nil, minutes: Int64? = nil
  ) {
    self.name = name.flatMap { XMLText.line($0, scalarsMax: Card.nameScalarsMax) }
    self.level = level
    // Where nothing has begun there is no bar to fill.
    self.progress = progress.flatMap { $0.level.number == 1 && $0.levelXP == 0 ? nil : $0 }
    self.streakDays = streakDays
    self.lastDays = lastDays.map { Array((Array(repeating: false, count: 7) + $0).suffix(7)) }
    self.sessions = sessions
    self.minutes = minutes
  }

  package func svg(_ look: Look) -> String {
    let layout = CardLayout(width: Double(look.width), heading: heading, details: details)
    var svg = SVG(
      width: layout.width, height: layout.height, title: title, description: summary, theme: look.theme)
    svg.drawCard()
    layout.draw(into: &svg)
    return svg.document(shownWidth: Double(look.width), copy: look.copy)
  }

  static let product = "Breath Master"

  // MARK: - Parts

  private var heading: [any CardBlock] {
    let titles =
      switch (name, level) {
      case (let name?, let level?): HeadingBlock(level: level, over: Card.product, title: name, under: level.text)
      case (let name?, nil): HeadingBlock(level: nil, over: nil, title: name, under: Card.product)
      case (nil, let level?):
        HeadingBlock(level: level, over: Card.product, title: level.title, under: "Level \(level.number) of 8")
      case (nil, nil): HeadingBlock(level: nil, over: nil, title: Card.product, under: nil)
      }
    return [titles] + (progress.map { [ProgressBlock(progress: $0)] } ?? [])
  }

  /// What there is nothing of yet is not shown as a zero.
  private var details: [any CardBlock] {
    let numbers = quantities
    return (numbers.isEmpty ? [] : [NumbersBlock(numbers: numbers)]) + (lastDays.map { [WeekBlock(days: $0)] } ?? [])
  }

  private var quantities: [Quantity] {
    [
      streakDays.map { .days($0, inARow: true) }, sessions.map(Quantity.sessions),
      minutes.map { .time(minutes: $0) },
    ].compactMap { $0 }.filter { $0.number != "0" }
  }

  // MARK: - In words

  private var title: String { name.map { "\(Card.product): \($0)" } ?? Card.product }

  private var summary: String {
    var parts: [String] = []
    if let level { parts.append("Level \(level.number) of 8, \(level.title)") }
    if let progress { parts.append(progress.text) }
    parts += quantities.map(\.text)
    if let count = lastDays?.count(where: \.self), count > 0 { parts.append("practice on \(count) of the last 7 days") }
    return parts.isEmpty ? "A card about breathing." : parts.joined(separator: "; ") + "."
  }
}

extension Level {
  fileprivate var text: String { "Level \(number) · \(title)" }
}

extension LevelProgress {
  /// `77 / 100 XP`; on the last level, which has no end, what there is.
  var text: String {
    let xp = NumberText.count(levelXP)
    return level.number == Level.all.count ? "\(xp) XP" : "\(xp) / \(NumberText.count(levelSpanXP)) XP"
  }

  /// 0 to 1.
  var part: Double {
    level.number == Level.all.count ? 1 : min(max(Double(levelXP) / Double(max(levelSpanXP, 1)), 0), 1)
  }
}
