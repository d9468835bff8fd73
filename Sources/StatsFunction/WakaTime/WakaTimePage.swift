import Backend
import BreathDomain
import FunctionRuntime
import Practice

/// Some days of a person's practice, and when they begin: what every answer in WakaTime's words is made of.
struct WakaTimePage {
  let today: LocalDate
  let dates: ClosedRange<LocalDate>
  let history: DayHistory
  let totals: PeriodTotals
  let beginnings: DayBeginnings

  var everyDate: [LocalDate] { (0..<dates.dayCount).map { dates.lowerBound.adding(days: $0) } }

  private init(
    _ span: WakaTimeSpan, _ progress: Progress, _ history: DayHistory, _ beginnings: DayBeginnings
  ) throws(Problem) {
    dates = try span.dates(progress, first: history.days.first?.date)
    totals = history.totals(dates)
    (self.history, self.beginnings, today) = (history, beginnings, progress.today)
  }

  /// - Parameter name: of the route, with what of its path makes another answer.
  static func reading(_ name: String, of span: WakaTimeSpan) -> Reading<WakaTimePage> {
    var reading = Reading("wakatime/\(name)", .days(span.reach), .beginnings(of: span)) {
      progress, history, beginnings in try WakaTimePage(span, progress, history, beginnings)
    }
    reading.moment = DayBeginnings.moment
    return reading
  }
}

extension WakaTimePage {
  /// `/statusbar/today`
  static var statusBar: Reading<WakaTimePage> { reading("statusbar", of: .last(1)) }

  /// `/summaries`; `timezone` tells for where, if it means something.
  static func summaries(_ query: Query) throws -> Reading<WakaTimePage> {
    var summaries = reading("summaries", of: try WakaTimeSpan(query))
    summaries.zone = query["timezone"].map { StatedZone($0) }
    return summaries
  }

  /// `/all_time_since_today`
  static var allTime: Reading<WakaTimePage> { reading("all_time", of: .all) }
}

/// `/stats/{range}`: all days of a range together.
struct WakaTimeStats {
  /// As the path names it.
  let range: String
  let page: WakaTimePage

  /// What is no range is a 404, told as all answers to whoever may ask at all.
  static func reading(_ range: String) -> Reading<WakaTimeStats> {
    guard let span = WakaTimeSpan(path: range) else {
      return Reading("wakatime/stats") { _ in
        throw Problem.notFound(
          "The range must be last_7_days, last_30_days, last_6_months, last_year, all_time, a year or a month.")
      }
    }
    return WakaTimePage.reading("stats/\(range)", of: span).map { WakaTimeStats(range: range, page: $0) }
  }
}
