import BreathDomain
import Foundation
import Pictures
import StrictJSON
import TestSupport
import Testing

/// The pictures of what three machines really exported, as they stand in docs/pictures/exports.
@Suite struct ExportPicturesTests {
  struct Recorded: Sendable, CustomTestStringConvertible {
    let name, zone: String
    let activeDays, longest: Int
    var testDescription: String { name }
  }

  private static let recorded = [
    Recorded(name: "costa-rica-40-days", zone: "America/Costa_Rica", activeDays: 32, longest: 10),
    Recorded(name: "berlin-clock-set-back", zone: "Europe/Berlin", activeDays: 46, longest: 12),
    Recorded(name: "madrid-cleared-midway", zone: "Europe/Madrid", activeDays: 13, longest: 11),
  ]

  @Test(arguments: recorded) func `an export's pictures show its days and its longest streak`(_ recorded: Recorded)
    throws
  {
    let (file, days) = try read(recorded)
    let dates = PracticeDates(days.keys)
    let today = try #require(dates.runs.last?.upperBound)
    let streak = Streak(dates, today: today)
    #expect(dates.count == recorded.activeDays && streak.longest == recorded.longest)

    let minutes = days.mapValues { max(1, $0.activeMs / 60_000) }
    let progress = LevelProgress(totalXP: file.counters.totalXP)
    let card = Card(
      level: progress.level, progress: progress, streakDays: Int64(streak.days),
      lastDays: (0..<7).reversed().map { dates.contains(today.adding(days: -$0)) },
      sessions: Int64(file.sessions.count), minutes: days.values.reduce(0) { $0 + $1.activeMs } / 60_000)
    let heatmap = Heatmap(through: today, minutes: minutes)
    #expect(heatmap.svg(Look()).contains("\(recorded.activeDays) days"))
    for (picture, svg) in [
      ("card", card.svg(Look())), ("heatmap", heatmap.svg(Look(width: 800))),
      ("trend", Trend(through: today, minutes: minutes, span: .quarter).svg(Look())),
    ] { try compare("\(recorded.name)-\(picture)", svg) }
  }

  private func compare(_ name: String, _ svg: String) throws {
    let folder = Photographs.documentation.appending(path: "exports")
    let url = folder.appending(path: "\(name).svg")
    if RenderTests.isRenewing {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      try Data(svg.utf8).write(to: url)
    }
    #expect(try String(contentsOf: url, encoding: .utf8) == svg, "\(name): renew the pictures")
  }

  /// The day of a session is the one its machine's clock showed when it began.
  private func read(_ recorded: Recorded) throws -> (ExportFile, [LocalDate: DayTotal]) {
    let text = try Repository.text("Tests/Unit/BreathDomainTests/Exports/\(recorded.name).json")
    let file = try ExportFile(JSONNode(try JSON(parsing: text, limits: .importFile)))
    let zone = try #require(TimeZone(identifier: recorded.zone))
    var days: [LocalDate: DayTotal] = [:]
    for session in file.sessions {
      let wall = session.startedAt.milliseconds + Int64(zone.secondsFromGMT(for: session.startedAt.date)) * 1000
      let date = LocalDate(daysSince1970: Int((Double(wall) / 86_400_000).rounded(.down)))
      days[date, default: DayTotal(date: date)].add(session)
    }
    return (file, days)
  }
}
