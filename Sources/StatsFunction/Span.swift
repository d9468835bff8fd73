import Backend
import BreathDomain
import FunctionRuntime
import Postgres
import Practice
import StrictJSON

/// Which days a caller asks for: `?range=` a name, or `?from=&to=`, both ends included.
enum Span: Equatable {
  case period(Period)
  case today
  case all
  /// So many days up to today.
  case last(Int)
  case dates(from: LocalDate?, to: LocalDate?)

  /// Ten years and some days.
  static let daysMax = 3660
  private static let lengths = [7, 30, 90, 365]
  /// How many days before `to` a span begins that has no `from`.
  static let daysBefore = 30

  /// - Throws: 400 `invalid_query`.
  init(_ query: Query, default usual: Span, daysMax: Int = Span.daysMax) throws {
    let (from, to) = (try query.date("from"), try query.date("to"))
    guard let name = query["range"] else {
      self = from == nil && to == nil ? usual : .dates(from: from, to: to)
      if let from, let to, from > to || (from...to).dayCount > daysMax {
        throw Problem(
          400, code: "invalid_query", detail: "from must not be after to, and at most \(daysMax) days are shown.")
      }
      return
    }
    guard from == nil, to == nil else {
      throw Problem(400, code: "invalid_query", detail: "Give either range, or from and to.")
    }
    guard let span = Span(named: name), daysMax == Span.daysMax || span.daysBack.map({ $0 < daysMax }) == true else {
      let names = Span.names.filter { daysMax == Span.daysMax || $0 != "all" }.joined(separator: ", ")
      throw Problem(400, code: "invalid_query", detail: "range must be one of \(names).")
    }
    self = span
  }

  private static let names =
    ["today"] + Period.allCases.map(\.rawValue) + lengths.map { "\($0)d" } + ["all"]

  private init?(named name: String) {
    if let period = Period(rawValue: name) {
      self = .period(period)
    } else if let length = Span.lengths.first(where: { "\($0)d" == name }) {
      self = .last(length)
    } else if name == "today" {
      self = .today
    } else if name == "all" {
      self = .all
    } else {
      return nil
    }
  }

  /// How far it can reach back from today; nil without an end.
  var daysBack: Int? {
    switch self {
    case .today: 0
    case .period(.week): 6
    case .period(.month): 30
    case .period(.year): 365
    case .last(let days): days - 1
    case .all, .dates: nil
    }
  }

  /// The days themselves. A named period ends today: what has not come yet is not shown.
  /// - Parameter first: the first day with practice.
  func dates(_ progress: Progress, first: LocalDate?) -> ClosedRange<LocalDate> {
    let today = progress.today
    switch self {
    case .today: return today...today
    case .period(let period): return period.dates(around: today, weekStart: progress.weekStart).lowerBound...today
    case .last(let days): return today.adding(days: 1 - days)...today
    case .all: return max(min(first ?? today, today), today.adding(days: 1 - Span.daysMax))...today
    case .dates(let from, let to):
      let last = to ?? max(from ?? today, today)
      let first = max(from ?? last.adding(days: 1 - Span.daysBefore), last.adding(days: 1 - Span.daysMax))
      return max(first, .first)...last
    }
  }
}

extension Span {
  /// Its last day, in a query that has `Progress` as `progress`.
  var last: SQL {
    switch self {
    case .dates(_, let to?): "\(to)"
    case .dates(let from?, nil): "greatest(progress.today, \(from))"
    case .today, .period, .all, .last, .dates(nil, nil): "progress.today"
    }
  }
}

extension DayHistory.Reach {
  /// The days of a span, and so many before it.
  init(_ span: Span, and lead: Int = 0) {
    switch span {
    case .dates(let from, let to?): self = .from((from ?? to).adding(days: -lead - Span.daysBefore), to: to)
    case .dates(let from?, nil): self = .from(from.adding(days: -lead), to: .last)
    case .today, .period, .all, .last, .dates(nil, nil):
      self = span.daysBack.map { .back($0 + lead) } ?? .all
    }
  }
}

extension Problem {
  static let notShared = Problem(
    403, code: "detail_is_days",
    detail: "This account shares day totals only, so there are no times of day here. The person may choose more.")
}
