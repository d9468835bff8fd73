import BreathDomain
import FunctionRuntime
import StrictJSON

/// What one answer in WakaTime's words is made of.
struct WakaTimePage {
  let dates: ClosedRange<LocalDate>
  let totals: PeriodTotals
  let beginnings: DayBeginnings
  private let history: DayHistory
  private let today: LocalDate

  /// What an editor's pauses are there; a session needs no such guess.
  static let timeoutMinutes = 15

  init(
    _ span: WakaTimeSpan, _ progress: Progress, _ history: DayHistory, _ beginnings: DayBeginnings
  ) throws(Problem) {
    dates = try span.dates(progress, first: history.days.first?.date)
    totals = history.totals(dates)
    (self.history, self.beginnings, today) = (history, beginnings, progress.today)
  }

  var start: JSON { beginnings.start(of: dates.lowerBound) }
  var end: JSON { beginnings.end(of: dates.upperBound) }
  var everyDate: [LocalDate] { (0..<dates.dayCount).map { dates.lowerBound.adding(days: $0) } }

  /// `Fri Aug 29 2025`
  func text(_ date: LocalDate) -> JSON { .string(date.javaScriptDateString) }

  /// One of `/summaries`.
  func day(_ date: LocalDate) -> JSON {
    let activeMs = history[date].activeMs
    let range: JSON = [
      "date": JSON(date), "start": beginnings.start(of: date), "end": beginnings.end(of: date), "text": text(date),
      "timezone": .string(beginnings.zone),
    ]
    let members: Members = [("grand_total", .object(JSONObject(SpokenTime(activeMs).members))), ("range", range)]
    return .object(JSONObject(members + WakaTimePage.breakdown(activeMs)))
  }
}

// MARK: - Parts of an answer

extension WakaTimePage {
  typealias Members = [(key: String, value: JSON)]

  /// How WakaTime's own machinery is; ours is always done.
  var facts: Members {
    [
      ("username", .null), ("status", "ok"), ("is_up_to_date", true), ("is_up_to_date_pending_future", false),
      ("is_already_updating", false), ("is_stuck", false), ("is_cached", false), ("is_coding_activity_visible", true),
      ("is_other_usage_visible", true), ("percent_calculated", 100), ("timeout", JSON(WakaTimePage.timeoutMinutes)),
      ("writes_only", false),
    ]
  }

  /// `range` of `/all_time_since_today`.
  var range: JSON {
    [
      "start": start, "start_date": JSON(dates.lowerBound), "start_text": text(dates.lowerBound), "end": end,
      "end_date": JSON(dates.upperBound), "end_text": text(dates.upperBound), "timezone": .string(beginnings.zone),
    ]
  }

  func numbers(range: String) -> Members {
    let (total, mean) = (SpokenTime(totals.activeMs), SpokenTime(totals.meanActiveMsPractised))
    return [
      ("range", .string(range)), ("human_readable_range", .string(range.replacing("_", with: " "))),
      ("start", start), ("end", end), ("timezone", .string(beginnings.zone)),
      ("is_including_today", .bool(dates.contains(today))),
      ("total_seconds", total.totalSeconds), ("total_seconds_including_other_language", total.totalSeconds),
      ("human_readable_total", total.text), ("human_readable_total_including_other_language", total.text),
      ("daily_average", mean.totalSeconds), ("daily_average_including_other_language", mean.totalSeconds),
      ("human_readable_daily_average", mean.text), ("human_readable_daily_average_including_other_language", mean.text),
      ("best_day", bestDay),
    ]
  }

  private var bestDay: JSON {
    guard let day = totals.best else { return .null }
    let time = SpokenTime(day.activeMs)
    return ["date": JSON(day.date), "text": time.text, "total_seconds": time.totalSeconds]
  }

  /// WakaTime calls a day without activity a holiday, and takes its means over the others.
  var daysCounted: Members {
    let days = dates.dayCount
    return [
      ("holidays", JSON(days - totals.practisedDays)), ("days_including_holidays", JSON(days)),
      ("days_minus_holidays", JSON(totals.practisedDays)),
    ]
  }

  var breakdown: Members { WakaTimePage.breakdown(totals.activeMs) }

  private static func breakdown(_ activeMs: Int64) -> Members {
    let named: Members = [("name", .string(WakaTimeView.category)), ("percent", 100)]
    let category = JSON.object(JSONObject(named + SpokenTime(activeMs).members))
    let categories: Members = [("categories", .array(activeMs > 0 ? [category] : []))]
    let others = ["dependencies", "editors", "languages", "machines", "operating_systems", "projects"]
    return categories + others.map { (key: $0, value: JSON.array([])) }
  }
}
