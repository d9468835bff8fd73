import Backend
import BreathDomain
import FunctionRuntime
import StrictJSON

extension Presenter<Export> {
  static var jsonFile: Presenter {
    Presenter { export in
      switch export.content {
      case .days(let days):
        let json: JSON = [
          "of": "days", "from": JSON(days.dates.lowerBound), "to": JSON(days.dates.upperBound),
          "days": .array(days.days.map { JSON($0) }),
        ]
        return export.file(Reply(200, json: json), "days", "json")
      case .sessions(let list, let page):
        let (lines, next) = list.written { $0.json(withDeviceName: true) }
        let json: JSON = [
          "of": "sessions", "from": list.from.map { JSON($0) } ?? .null, "to": JSON(list.to),
          "sessions": .array(lines.map(JSON.raw)), "next": JSON(next),
        ]
        return export.file(Reply(200, json: json), "sessions", "json", link: next.map(page.link))
      }
    }
  }

  static var csv: Presenter {
    Presenter { export in
      switch export.content {
      case .days(let days):
        return export.file(reply(CSV.dayColumns, days.days.map(CSV.line)), "days", "csv")
      case .sessions(let list, let page):
        let (lines, next) = try list.written(CSV.line)
        return export.file(reply(CSV.sessionColumns, lines), "sessions", "csv", link: next.map(page.link))
      }
    }
  }

  private static func reply(_ columns: [String], _ lines: [String]) -> Reply {
    Reply(200, text: ([CSV.line(columns.map(CSV.Cell.own))] + lines).joined(), contentType: CSV.contentType)
  }
}

extension Export {
  /// As a browser saves it: with the day it shows up to, so that two of them do not get mixed up.
  fileprivate func file(_ reply: Reply, _ content: String, _ suffix: String, link: String? = nil) -> Reply {
    (link.map { reply.header("Link", $0) } ?? reply)
      .header("Content-Disposition", "attachment; filename=\"breath-master-\(content)-\(today).\(suffix)\"")
  }
}

extension CSV {
  fileprivate static let dayColumns = ["date", "sessions", "activeMs", "cycles", "xp"]

  fileprivate static func line(_ day: DayTotal) -> String {
    line([.own("\(day.date)"), .own(day.sessions), .own(day.activeMs), .own(day.cycles), .own(day.xp)])
  }

  fileprivate static let sessionColumns = [
    "device", "deviceName", "id", "localDate", "localTime", "startedAt", "endedAt", "activeMs", "countedMs", "cycles",
    "goalMinutes", "goalBonusXP", "pledgeMultiplier", "pledgeHonored", "finalXP", "xp", "flags",
  ]

  fileprivate static func line(_ session: ListedSession) throws -> String {
    let (stated, place) = (try session.stated, session.place)
    return line([
      .own(place.device.lowercased), session.deviceName.map(Cell.text) ?? .empty, .text(stated.id),
      .own("\(place.date)"), .own(session.localTime), .own("\(stated.startedAt)"), .own("\(stated.endedAt)"),
      .own(stated.activeMs), .own(session.countedMs), .own(stated.cycles), .number(stated.goalMinutes),
      stated.goalBonusXP.map { .own($0) } ?? .empty, .number(stated.pledgeMultiplier),
      stated.pledgeHonored.map { .own("\($0)") } ?? .empty, .number(stated.finalXP), .own(session.xp),
      .own(session.flags.codes.joined(separator: " ")),
    ])
  }
}
