import Backend
import BreathDomain
import FunctionRuntime
import StrictJSON

// The person's practice as WakaTime's API v1 shows coding, so that widgets made for that can show it: time is all that
// is told, of one category. There are no projects, languages or editors here, and machines are nobody's business.
// Source: https://wakatime.com/developers; members as github.com/muety/wakapi serves them and clients read them.

extension Presenter<WakaTimePage> {
  static var statusBar: Presenter {
    .json { page in
      [
        "data": page.day(page.dates.lowerBound), "cached_at": JSON(page.beginnings.askedAt), "has_team_features": false,
      ]
    }
  }

  /// Each day.
  static var summaries: Presenter {
    .json { page in
      let (total, mean) = (page.total, page.mean)
      let means: WakaTimePage.Members = [
        ("seconds", mean.totalSeconds), ("seconds_including_other_language", mean.totalSeconds), ("text", mean.text),
        ("text_including_other_language", mean.text),
      ]
      return [
        "data": .array(page.everyDate.map(page.day)), "start": page.start, "end": page.end,
        "cumulative_total": [
          "seconds": total.totalSeconds, "text": total.text, "digital": total.digital, "decimal": total.decimal,
        ],
        "daily_average": .object(JSONObject(page.daysCounted + means)),
      ]
    }
  }

  static var allTime: Presenter {
    .json { page in
      let total = page.total
      return [
        "data": [
          "total_seconds": total.totalSeconds, "text": total.text, "digital": total.digital, "decimal": total.decimal,
          "daily_average": page.mean.totalSeconds, "is_up_to_date": true, "percent_calculated": 100,
          "timeout": JSON(WakaTimePage.timeoutMinutes), "range": page.range,
        ]
      ]
    }
  }
}

extension Presenter<WakaTimeStats> {
  static var stats: Presenter {
    .json { stats in
      let page = stats.page
      let members = WakaTimePage.facts + page.numbers(range: stats.range) + page.daysCounted + page.breakdown
      return ["data": .object(JSONObject(members))]
    }
  }
}

// MARK: - Parts of an answer

extension WakaTimePage {
  fileprivate typealias Members = [(key: String, value: JSON)]

  private static let category = "Meditating"
  /// What an editor's pauses are there; a session needs no such guess.
  fileprivate static let timeoutMinutes = 15

  fileprivate var total: SpokenTime { SpokenTime(totals.activeMs) }
  fileprivate var mean: SpokenTime { SpokenTime(totals.meanActiveMsPractised) }
  fileprivate var start: JSON { JSON(beginnings.start(of: dates.lowerBound)) }
  fileprivate var end: JSON { JSON(beginnings.end(of: dates.upperBound)) }

  /// `Fri Aug 29 2025`
  private func text(_ date: LocalDate) -> JSON { .string(date.javaScriptDateString) }

  /// One of `/summaries`.
  fileprivate func day(_ date: LocalDate) -> JSON {
    let activeMs = history[date].activeMs
    let range: JSON = [
      "date": JSON(date), "start": JSON(beginnings.start(of: date)), "end": JSON(beginnings.end(of: date)),
      "text": text(date), "timezone": .string(beginnings.zone),
    ]
    let members: Members = [("grand_total", .object(JSONObject(SpokenTime(activeMs).members))), ("range", range)]
    return .object(JSONObject(members + WakaTimePage.breakdown(activeMs)))
  }

  /// How WakaTime's own machinery is; ours is always done.
  fileprivate static var facts: Members {
    [
      ("username", .null), ("status", "ok"), ("is_up_to_date", true), ("is_up_to_date_pending_future", false),
      ("is_already_updating", false), ("is_stuck", false), ("is_cached", false), ("is_coding_activity_visible", true),
      ("is_other_usage_visible", true), ("percent_calculated", 100), ("timeout", JSON(timeoutMinutes)),
      ("writes_only", false),
    ]
  }

  /// `range` of `/all_time_since_today`.
  fileprivate var range: JSON {
    [
      "start": start, "start_date": JSON(dates.lowerBound), "start_text": text(dates.lowerBound), "end": end,
      "end_date": JSON(dates.upperBound), "end_text": text(dates.upperBound), "timezone": .string(beginnings.zone),
    ]
  }

  fileprivate func numbers(range: String) -> Members {
    let (total, mean) = (total, mean)
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
  fileprivate var daysCounted: Members {
    let days = dates.dayCount
    return [
      ("holidays", JSON(days - totals.practisedDays)), ("days_including_holidays", JSON(days)),
      ("days_minus_holidays", JSON(totals.practisedDays)),
    ]
  }

  fileprivate var breakdown: Members { WakaTimePage.breakdown(totals.activeMs) }

  private static func breakdown(_ activeMs: Int64) -> Members {
    let named: Members = [("name", .string(category)), ("percent", 100)]
    let category = JSON.object(JSONObject(named + SpokenTime(activeMs).members))
    let categories: Members = [("categories", .array(activeMs > 0 ? [category] : []))]
    let others = ["dependencies", "editors", "languages", "machines", "operating_systems", "projects"]
    return categories + others.map { (key: $0, value: JSON.array([])) }
  }
}
