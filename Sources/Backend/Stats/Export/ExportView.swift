import BreathDomain
import FunctionRuntime
import Postgres
import StrictJSON

/// `/export.csv` and `/export.json`: days or single sessions as a file, to keep or to open in a spreadsheet.
enum ExportView {
  enum Format: String { case csv, json }

  private enum Content: String { case days, sessions }

  private static let sessionsMax = 2000

  static func view(_ format: Format) -> (Query) throws -> View {
    { query in
      // Read for days as well, which come in one page: what is wrong is wrong for both.
      let page = try SessionPage(query, limit: sessionsMax, limitMax: sessionsMax)
      switch Content(rawValue: query["of"] ?? Content.days.rawValue) {
      case .days?: return days(page.span, as: format)
      case .sessions?: return sessions(page, query, as: format)
      case nil: throw Problem(400, code: "invalid_query", detail: "of must be \"days\" or \"sessions\".")
      }
    }
  }

  /// As a browser saves it: with the day it shows up to, so that two of them do not get mixed up.
  private static func file(_ reply: Reply, _ content: Content, _ progress: Progress, as format: Format) -> Reply {
    let name = "breath-master-\(content.rawValue)-\(progress.today).\(format.rawValue)"
    return reply.header("Content-Disposition", "attachment; filename=\"\(name)\"")
  }

  private static func csv(_ lines: [String]) -> Reply {
    Reply(200, text: lines.joined(), contentType: CSV.contentType)
  }
}

// MARK: - Days

extension ExportView {
  private static let dayColumns = ["date", "sessions", "activeMs", "cycles", "xp"]

  private static func days(_ span: Span, as format: Format) -> View {
    View(named: "export.\(format.rawValue)", days: View.Days(span)) { progress, history, _ in
      let dates = span.dates(progress, first: history.days.first?.date)
      let reply =
        switch format {
        case .csv: csv([CSV.line(dayColumns.map(CSV.Cell.own))] + history[dates].map(line))
        case .json:
          Reply(
            200,
            json: [
              "of": "days", "from": JSON(dates.lowerBound), "to": JSON(dates.upperBound),
              "days": .array(history[dates].map { JSON($0) }),
            ])
        }
      return file(reply, .days, progress, as: format)
    }
  }

  private static func line(_ day: DayTotal) -> String {
    CSV.line([.own("\(day.date)"), .own(day.sessions), .own(day.activeMs), .own(day.cycles), .own(day.xp)])
  }
}

// MARK: - Sessions

extension ExportView {
  private static let sessionColumns = [
    "device", "deviceName", "id", "localDate", "localTime", "startedAt", "endedAt", "activeMs", "countedMs", "cycles",
    "goalMinutes", "goalBonusXP", "pledgeMultiplier", "pledgeHonored", "finalXP", "xp", "flags",
  ]

  private static func sessions(_ page: SessionPage, _ query: Query, as format: Format) -> View {
    View(named: "export.\(format.rawValue)", days: .none, other: page.query) { progress, _, row in
      let shown: SessionPage.Shown
      var reply: Reply
      switch format {
      case .csv:
        shown = try page.show(progress, row, line)
        reply = csv([CSV.line(sessionColumns.map(CSV.Cell.own))] + shown.lines)
      case .json:
        shown = try page.show(progress, row) { $0.json(withDeviceName: true) }
        reply = Reply(
          200,
          json: [
            "of": "sessions", "from": shown.from.map { JSON($0) } ?? .null, "to": JSON(shown.to),
            "sessions": .array(shown.lines.map(JSON.raw)), "next": JSON(shown.next),
          ])
      }
      if let next = shown.next { reply = reply.header("Link", link(to: next, page, query)) }
      return file(reply, .sessions, progress, as: format)
    }
  }

  private static func line(_ session: ListedSession) throws -> String {
    let (stated, place) = (try session.stated, session.place)
    return CSV.line([
      .own(place.device.lowercased), session.deviceName.map(CSV.Cell.text) ?? .empty, .text(stated.id),
      .own("\(place.date)"), .own(session.localTime), .own("\(stated.startedAt)"), .own("\(stated.endedAt)"),
      .own(stated.activeMs), .own(session.countedMs), .own(stated.cycles), .number(stated.goalMinutes),
      stated.goalBonusXP.map { .own($0) } ?? .empty, .number(stated.pledgeMultiplier),
      stated.pledgeHonored.map { .own("\($0)") } ?? .empty, .number(stated.finalXP), .own(session.xp),
      .own(session.flags.codes.joined(separator: " ")),
    ])
  }

  /// RFC 8288, relative to the route itself. Of what was asked only what was understood, none of which needs an escape.
  private static func link(to next: String, _ page: SessionPage, _ query: Query) -> String {
    let span = ["range", "from", "to"].compactMap { name in query[name].map { "&\(name)=\($0)" } }.joined()
    return "<?of=sessions\(span)&limit=\(page.limit)&after=\(next)>; rel=\"next\""
  }
}
