import BreathDomain
import FunctionRuntime
import Postgres
import StrictJSON

/// The person's practice as WakaTime's API v1 shows coding, so that widgets made for that can show it: time is all that
/// is told, of one category. There are no projects, languages or editors here, and machines are nobody's business.
/// - Source: https://wakatime.com/developers; members as github.com/muety/wakapi serves them and clients read them.
enum WakaTimeView {
  static let category = "Meditating"

  /// `/statusbar/today`
  static var statusBar: View {
    view("statusbar", .last(1)) { page in
      [
        "data": page.day(page.dates.lowerBound), "cached_at": JSON(page.beginnings.askedAt), "has_team_features": false,
      ]
    }
  }

  /// `/summaries`: each day; `timezone` tells for where, if it means something.
  static func summaries(_ query: Query) throws -> View {
    var summaries = view("summaries", try WakaTimeSpan(query)) { page in
      let (total, mean) = (SpokenTime(page.totals.activeMs), SpokenTime(page.totals.meanActiveMsPractised))
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
    summaries.zone = query["timezone"].map { StatedZone($0) }
    return summaries
  }

  /// `/stats/{range}`: all days of it together.
  /// What is no range is a 404, told as all answers to whoever may ask at all.
  static func stats(_ name: String) -> View {
    guard let span = WakaTimeSpan(path: name) else {
      return View("wakatime/stats", days: .none) { _, _, _ in
        throw Problem.notFound(
          "The range must be last_7_days, last_30_days, last_6_months, last_year, all_time, a year or a month.")
      }
    }
    return view("stats/\(name)", span) { page in
      ["data": .object(JSONObject(page.facts + page.numbers(range: name) + page.daysCounted + page.breakdown))]
    }
  }

  /// `/all_time_since_today`
  static var allTime: View {
    view("all_time", .all) { page in
      let total = SpokenTime(page.totals.activeMs)
      return [
        "data": [
          "total_seconds": total.totalSeconds, "text": total.text, "digital": total.digital, "decimal": total.decimal,
          "daily_average": SpokenTime(page.totals.meanActiveMsPractised).totalSeconds, "is_up_to_date": true,
          "percent_calculated": 100, "timeout": JSON(WakaTimePage.timeoutMinutes), "range": page.range,
        ]
      ]
    }
  }

  private static func view(
    _ name: String, _ span: WakaTimeSpan, json: @escaping (WakaTimePage) throws -> JSON
  ) -> View {
    let other: (Viewer, SQL) -> SQL = { _, isKnown in DayBeginnings.query(of: span, isKnown) }
    var view = View("wakatime/\(name)", days: span.days, other: other) { progress, history, row in
      try json(WakaTimePage(span, progress, history, DayBeginnings(row)))
    }
    view.moment = DayBeginnings.moment
    return view
  }
}
