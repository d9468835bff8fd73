import BreathDomain
import FunctionRuntime
import Postgres

/// Days as WakaTime names them.
enum WakaTimeSpan: Equatable {
  /// So many days up to today, or up to yesterday.
  case last(Int)
  case upToYesterday(Int)
  /// What has passed of the person's week or month, or the whole one before.
  case this(Period)
  case before(Period)
  /// A year or a month: what has passed of it.
  case calendar(ClosedRange<LocalDate>)
  /// As the caller says, whether the days have come or not.
  case dates(ClosedRange<LocalDate>)
  case all

  /// Of `/summaries`, which shows each day.
  static let daysMax = 366

  private static let named: [(name: String, span: WakaTimeSpan)] = [
    ("Today", .last(1)), ("Yesterday", .upToYesterday(1)), ("Last 7 Days", .last(7)),
    ("Last 7 Days from Yesterday", .upToYesterday(7)), ("Last 14 Days", .last(14)), ("Last 30 Days", .last(30)),
    ("This Week", .this(.week)), ("Last Week", .before(.week)), ("This Month", .this(.month)),
    ("Last Month", .before(.month)),
  ]

  private static let stats: [String: WakaTimeSpan] = [
    "last_7_days": .last(7), "last_30_days": .last(30), "last_6_months": .last(180), "last_year": .last(365),
    "all_time": .all,
  ]

  /// `?start=&end=`, both included, or `?range=` a name in any case.
  /// - Throws: 400 `invalid_query`.
  init(_ query: Query) throws {
    let (start, end) = (try query.date("start"), try query.date("end"))
    if let name = query["range"] {
      guard start == nil, end == nil else {
        throw Problem(400, code: "invalid_query", detail: "Give either range, or start and end.")
      }
      guard let known = WakaTimeSpan.named.first(where: { $0.name.lowercased() == name.lowercased() }) else {
        let names = WakaTimeSpan.named.map(\.name).joined(separator: ", ")
        throw Problem(400, code: "invalid_query", detail: "range must be one of \(names).")
      }
      self = known.span
    } else {
      guard let start, let end, start <= end, (start...end).dayCount <= WakaTimeSpan.daysMax else {
        throw Problem(
          400, code: "invalid_query",
          detail: "Give range, or start and end; start must not be after end, and at most \(WakaTimeSpan.daysMax) days "
            + "are shown.")
      }
      self = .dates(start...end)
    }
  }

  /// A name in the path of `/stats/{range}`: those of WakaTime, a year `2025`, or a month `2025-08`.
  init?(path name: String) {
    if let span = WakaTimeSpan.stats[name] {
      self = span
    } else if let date = LocalDate("\(name)-01-01") {
      self = .calendar(Period.year.dates(around: date, weekStart: 1))
    } else if let date = LocalDate("\(name)-01") {
      self = .calendar(Period.month.dates(around: date, weekStart: 1))
    } else {
      return nil
    }
  }
}

extension WakaTimeSpan {
  /// - Parameter first: the first day with practice.
  func dates(_ progress: Progress, first: LocalDate?) -> ClosedRange<LocalDate> {
    let today = progress.today
    switch self {
    case .last(let days): return today.adding(days: 1 - days)...today
    case .upToYesterday(let days): return today.adding(days: -days)...today.adding(days: -1)
    case .this(let period): return period.dates(around: today, weekStart: progress.weekStart).lowerBound...today
    case .before(let period):
      let this = period.dates(around: today, weekStart: progress.weekStart)
      return period.dates(around: this.lowerBound.adding(days: -1), weekStart: progress.weekStart)
    case .calendar(let dates): return dates.lowerBound...min(dates.upperBound, max(today, dates.lowerBound))
    case .dates(let dates): return dates
    case .all: return Span.all.dates(progress, first: first)
    }
  }

  /// The days it is made of, and more where it names a part of the calendar.
  var days: View.Days {
    switch self {
    case .all: .all
    case .calendar(let dates), .dates(let dates): .from(dates.lowerBound, to: dates.upperBound)
    case .last, .upToYesterday, .this, .before: .back(daysBack)
    }
  }

  private var daysBack: Int {
    switch self {
    case .last(let days): days - 1
    case .upToYesterday(let days): days
    case .this(.week): 6
    case .before(.week): 13
    case .this(.month): 30
    case .before(.month): 61
    case .this(.year): 365
    case .before(.year): 731
    case .calendar, .dates, .all: 0
    }
  }

  /// A relation `(date)` of the days whose beginnings an answer needs, the day after the last among them; in a query that
  /// has `Progress` as `progress` and the day totals as `days`. Of all days only the first and the last.
  var beginnings: SQL {
    switch self {
    case .all:
      """
      unnest(ARRAY[
        greatest(least(days.dates[1], progress.today), progress.today - \(Int32(Span.daysMax - 1))), progress.today + 1
      ]) AS g(date)
      """
    case .calendar(let dates), .dates(let dates):
      """
      (SELECT \(dates.lowerBound.postgres)::date + n AS date
        FROM generate_series(0, \(Int32(dates.dayCount))) AS n) AS g
      """
    case .last, .upToYesterday, .this, .before:
      "(SELECT progress.today - n AS date FROM generate_series(-1, \(Int32(daysBack))) AS n) AS g"
    }
  }
}
