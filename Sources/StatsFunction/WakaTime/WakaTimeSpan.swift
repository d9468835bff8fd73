import BreathDomain
import FunctionRuntime
import Postgres
import Practice

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
  /// From a date to today or yesterday, or the other way round: how many days that is, is known where today is.
  case between(WakaTimeDay, WakaTimeDay)
  case all

  /// The most days of `/summaries`, which shows each.
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

  /// `?start=&end=`, both included, or `?range=` a name in any case. Some clients always send all three: the two days say
  /// more than the name, which is another way to say them.
  /// - Throws: 400 `invalid_query`.
  init(_ query: Query) throws(Problem) {
    if let start = try WakaTimeDay(query, "start"), let end = try WakaTimeDay(query, "end") {
      self = try WakaTimeSpan(start, end)
    } else if let name = query["range"], !name.isEmpty {
      guard let known = WakaTimeSpan.named.first(where: { $0.name.lowercased() == name.lowercased() }) else {
        let names = WakaTimeSpan.named.map(\.name).joined(separator: ", ")
        throw Problem(400, code: "invalid_query", detail: "range must be one of \(names).")
      }
      self = known.span
    } else {
      throw WakaTimeSpan.noSpan
    }
  }

  private init(_ start: WakaTimeDay, _ end: WakaTimeDay) throws(Problem) {
    switch (start, end) {
    case (.date(let start), .date(let end)):
      guard start <= end, (start...end).dayCount <= WakaTimeSpan.daysMax else { throw WakaTimeSpan.noSpan }
      self = .dates(start...end)
    case (.today, .today): self = .last(1)
    case (.yesterday, .today): self = .last(2)
    case (.yesterday, .yesterday): self = .upToYesterday(1)
    case (.today, .yesterday): throw WakaTimeSpan.noSpan
    case (.date, .today), (.date, .yesterday), (.today, .date), (.yesterday, .date): self = .between(start, end)
    }
  }

  private static let noSpan = Problem(
    400, code: "invalid_query",
    detail: "Give range, or start and end; start must not be after end, and at most \(daysMax) days are shown.")

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

/// A day as WakaTime lets one name it: a date or, as scripts do, a word.
enum WakaTimeDay: Equatable {
  case date(LocalDate)
  case today, yesterday

  /// Nil when the parameter is not there, or empty.
  init?(_ query: Query, _ name: String) throws(Problem) {
    guard let text = query[name], !text.isEmpty else { return nil }
    switch text.lowercased() {
    case "today": self = .today
    case "yesterday": self = .yesterday
    default:
      guard let date = LocalDate(text) else {
        throw Problem(
          400, code: "invalid_query", detail: "\(name) must be a date like 2025-08-27, or today or yesterday.")
      }
      self = .date(date)
    }
  }

  func date(today: LocalDate) -> LocalDate {
    switch self {
    case .date(let date): date
    case .today: today
    case .yesterday: today.adding(days: -1)
    }
  }

  /// In a query that has `Progress` as `progress`.
  var sql: SQL {
    switch self {
    case .date(let date): "\(date)::date"
    case .today: "progress.today"
    case .yesterday: "(progress.today - 1)"
    }
  }
}

extension WakaTimeSpan {
  /// - Parameter first: the first day with practice.
  /// - Throws: 400 for two days that are no span, now that today is known.
  func dates(_ progress: Progress, first: LocalDate?) throws(Problem) -> ClosedRange<LocalDate> {
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
    case .between(let start, let end):
      let (start, end) = (start.date(today: today), end.date(today: today))
      guard start <= end, (start...end).dayCount <= WakaTimeSpan.daysMax else { throw WakaTimeSpan.noSpan }
      return start...end
    case .all: return Span.all.dates(progress, first: first)
    }
  }

  /// The days it is made of, and more where it names a part of the calendar.
  var reach: DayHistory.Reach {
    switch self {
    case .all: .all
    case .calendar(let dates), .dates(let dates): .from(dates.lowerBound, to: dates.upperBound)
    case .between(.date(let start), _): .from(start, to: .last)
    case .last, .upToYesterday, .this, .before, .between: .back(daysBack)
    }
  }

  private var daysBack: Int {
    switch self {
    case .last(let days): days - 1
    case .upToYesterday(let days): days
    case .between: 1
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
      (SELECT \(dates.lowerBound)::date + n AS date
        FROM generate_series(0, \(Int32(dates.dayCount))) AS n) AS g
      """
    case .between(let start, let end):
      """
      (SELECT \(start.sql) + n AS date
        FROM generate_series(0, least(\(end.sql) - \(start.sql) + 1, \(Int32(WakaTimeSpan.daysMax)))) AS n) AS g
      """
    case .last, .upToYesterday, .this, .before:
      "(SELECT progress.today - n AS date FROM generate_series(-1, \(Int32(daysBack))) AS n) AS g"
    }
  }
}
