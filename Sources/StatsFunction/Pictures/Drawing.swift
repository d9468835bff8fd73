import Backend
import BreathDomain
import FunctionRuntime
import Pictures
import Practice
import StrictJSON

/// One of the pictures, and how it is asked for: `?theme=light|dark|auto&width=200…1200`, and by picture `range` or `show`.
enum Drawing: String, CaseIterable {
  case card = "card.svg"
  case heatmap = "heatmap.svg"
  case trend = "trend.svg"
  case badge = "badge.svg"
  case shields = "shields.json"
}

/// The parameters of a picture, read before anything is asked of the database.
struct PictureRequest {
  let drawing: Drawing
  let look: Look
  private let span: Trend.Span
  private let fact: BadgeFact?

  enum BadgeFact: String, CaseIterable {
    case streak, level, week, sessions, minutes

    var content: ShareContent {
      switch self {
      case .streak: .streak
      case .level: .level
      case .week: .week
      case .sessions, .minutes: .totals
      }
    }
  }

  /// - Throws: 400 `invalid_query`.
  init(_ drawing: Drawing, _ query: Query) throws {
    self.drawing = drawing
    let theme = try query.choice("theme", of: Theme.allCases.map { ($0.rawValue, $0) }) ?? .auto
    let width = try query.integer("width", in: Look.widths)
    look = width.map { Look(theme: theme, width: $0) } ?? Look(theme: theme)
    span = try query.choice("range", of: Trend.Span.allCases.map { ("\($0.rawValue)d", $0) }) ?? .quarter
    fact = try query.choice("show", of: BadgeFact.allCases.map { ($0.rawValue, $0) })
  }

  var reading: Reading<PictureFacts> {
    switch drawing {
    case .heatmap: reading(daysBack: Heatmap.weeks * 7)
    case .trend: reading(daysBack: span.rawValue + Trend.meanDays)
    case .card, .badge, .shields: Reading(drawing.rawValue) { PictureFacts(progress: $0) }
    }
  }

  private func reading(daysBack: Int) -> Reading<PictureFacts> {
    Reading(drawing.rawValue, .days(.back(daysBack))) { PictureFacts(progress: $0, history: $1) }
  }

  /// Nil for what is not to be shown.
  func picture(of facts: PictureFacts, _ shown: Shown) -> (any Picture)? {
    let progress = facts.progress
    switch drawing {
    case .card: return Card(progress, shown)
    case .heatmap:
      guard shown.content.contains(.heatmap) else { return nil }
      return Heatmap(through: progress.today, minutes: facts.minutes, weekStart: progress.weekStart)
    case .trend:
      guard shown.content.contains(.trend) else { return nil }
      return Trend(through: progress.today, minutes: facts.minutes, span: span)
    case .badge, .shields: return badge(progress, shown)
    }
  }

  private func badge(_ progress: Progress, _ shown: Shown) -> Badge? {
    let facts = fact.map { [$0] } ?? BadgeFact.allCases
    guard let fact = facts.first(where: { shown.content.contains($0.content) }) else { return nil }
    switch fact {
    case .streak: return Badge(.streak(Int64(progress.streak.days)))
    case .level: return Badge(.level(number: progress.level.level.number, title: progress.level.level.title))
    case .week: return Badge(.daysOfSeven(progress.lastDays.count { $0 }))
    case .sessions: return Badge(.sessions(progress.sessions))
    case .minutes: return Badge(.minutes(progress.activeMs / 60_000))
    }
  }
}

/// What pictures are drawn from: where the person stands, and enough days where days are drawn.
struct PictureFacts {
  let progress: Progress
  var history = DayHistory([])

  /// A day with less than a minute of practice is a day with practice.
  fileprivate var minutes: [LocalDate: Int64] {
    Dictionary(uniqueKeysWithValues: history.days.map { ($0.date, $0.sessions > 0 ? max(1, $0.activeMs / 60_000) : 0) })
  }
}

extension Card {
  fileprivate init(_ progress: Progress, _ shown: Shown) {
    let shows = { shown.content.contains($0) }
    self.init(
      name: shown.name, level: shows(.level) ? progress.level.level : nil,
      progress: shows(.level) ? progress.level : nil,
      streakDays: shows(.streak) ? Int64(progress.streak.days) : nil,
      lastDays: shows(.week) ? progress.lastDays : nil,
      sessions: shows(.totals) ? progress.sessions : nil, minutes: shows(.totals) ? progress.activeMs / 60_000 : nil)
  }
}

extension Progress {
  /// Whether there was practice on each of the last seven days, the oldest first.
  fileprivate var lastDays: [Bool] { (0..<7).reversed().map { dates.contains(today.adding(days: -$0)) } }
}

extension Query {
  /// - Throws: 400 `invalid_query` for another value than one of `choices`.
  fileprivate func choice<Value>(_ name: String, of choices: [(String, Value)]) throws -> Value? {
    guard let text = self[name] else { return nil }
    guard let choice = choices.first(where: { $0.0 == text }) else {
      let names = choices.map(\.0).joined(separator: ", ")
      throw Problem(400, code: "invalid_query", detail: "\(name) must be one of \(names).")
    }
    return choice.1
  }
}
