import BreathDomain
import Pictures
import TestSupport

/// The pictures that have a reference photograph.
struct Sample {
  let name: String
  let picture: any Picture
  let look: Look
  /// Of the page it stands in.
  var scheme = "light"

  var svg: String { picture.svg(look) }

  static let today = LocalDate(year: 2026, month: 11, day: 24)!
  static let progress = LevelProgress(totalXP: 227)

  static let card = Card(
    name: "Ana María", level: progress.level, progress: progress, streakDays: 12,
    lastDays: [true, true, false, true, true, false, true], sessions: 148, minutes: 1240)

  /// Somebody's year: some habit, some pauses.
  static let minutes: [LocalDate: Int64] = {
    var random = Seeded(2026)
    return (0..<400).reduce(into: [:]) { minutes, index in
      let isPause = (40..<49).contains(index % 97)
      guard !isPause, random.number(0...9) < 7 else { return }
      minutes[today.adding(days: -index)] = random.pick([2, 3, 5, 5, 5, 8, 10, 10, 10, 12, 15, 20, 25])
    }
  }()

  static let heatmap = Heatmap(through: today, minutes: minutes)
  static func trend(_ span: Trend.Span) -> Trend { Trend(through: today, minutes: minutes, span: span) }

  static let all: [Sample] = shown + edges

  /// Each picture as it is mostly asked for: light and dark, narrow and wide.
  private static let shown: [Sample] = [Theme.light, .dark].flatMap { theme in
    [400, 800].flatMap { width in
      let look = Look(theme: theme, width: width)
      let pictures: [(String, any Picture)] = [
        ("card", card), ("heatmap", heatmap), ("trend-30", trend(.month)), ("trend-90", trend(.quarter)),
        ("trend-365", trend(.year)),
      ]
      return pictures.map { Sample(name: "\($0)-\(theme)-\(width)", picture: $1, look: look) }
    } + [
      Sample(name: "badge-\(theme)", picture: Badge(.streak(12)), look: Look(theme: theme))
    ]
  }

  private static let edges: [Sample] = [
    Sample(name: "card-auto-in-dark", picture: card, look: Look(width: 400), scheme: "dark"),
    Sample(name: "card-auto-in-light", picture: card, look: Look(width: 400)),
    Sample(name: "card-of-nothing", picture: Card(), look: Look(theme: .light, width: 400)),
    Sample(name: "card-first-day", picture: firstDay, look: Look(theme: .light, width: 400)),
    Sample(name: "card-name-only", picture: Card(name: "Kim", minutes: 340), look: Look(theme: .light, width: 400)),
    Sample(name: "card-extreme", picture: extreme, look: Look(theme: .dark, width: 400)),
    Sample(name: "card-200", picture: card, look: Look(theme: .light, width: 200)),
    Sample(name: "heatmap-200", picture: heatmap, look: Look(theme: .light, width: 200)),
    Sample(
      name: "heatmap-empty", picture: Heatmap(through: today, minutes: [:]), look: Look(theme: .light, width: 400)),
    Sample(name: "trend-200", picture: trend(.month), look: Look(theme: .light, width: 200)),
    Sample(name: "trend-empty", picture: Trend(through: today, minutes: [:]), look: Look(theme: .dark, width: 400)),
    Sample(
      name: "badge-level", picture: Badge(.level(number: 3, title: "Calm Coder")), look: Look(theme: .light)),
    Sample(name: "badge-nothing-yet", picture: Badge(.streak(0)), look: Look(theme: .dark)),
  ]

  private static let firstDay = Card(
    level: Level.all[0], progress: LevelProgress(totalXP: 0), streakDays: 0, lastDays: [], sessions: 0, minutes: 0)

  /// Those that docs/pictures.md shows.
  static var documented: [(name: String, svg: String)] {
    let pictures: [(String, any Picture, Look)] = [
      ("card-light", card, Look(theme: .light, width: 480)), ("card-dark", card, Look(theme: .dark, width: 480)),
      ("card-wide", card, Look(width: 800)), ("heatmap", heatmap, Look(width: 800)),
      ("trend", trend(.quarter), Look(width: 800)), ("badge", Badge(.streak(12)), Look()),
    ]
    return pictures.map { ($0, $1.svg($2)) }
  }

  static let extreme = Card(
    name: String(repeating: "W", count: 60), level: Level.all[7], progress: LevelProgress(totalXP: .max),
    streakDays: 1_000_000_000, lastDays: Array(repeating: true, count: 7), sessions: 999_999_999, minutes: 1_000_000_000
  )
}

extension Card {
  func named(_ name: String) -> Card { with(name: name, streakDays: streakDays) }

  func with(name: String? = nil, streakDays: Int64?) -> Card {
    Card(
      name: name ?? self.name, level: level, progress: progress, streakDays: streakDays, lastDays: lastDays,
      sessions: sessions, minutes: minutes)
  }
}
