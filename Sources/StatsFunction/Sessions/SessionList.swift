import BreathDomain
import FunctionRuntime
import Practice
import StrictJSON

/// `/sessions`: single sessions, the latest first, in pages.
package struct SessionList {
  /// Nil where there is no first day: all of them.
  let from: LocalDate?
  let to: LocalDate
  /// One more than `limit` where there are more.
  private let sessions: [ListedSession]
  private let limit: Int

  private static let limitUsual = 100, limitMax = 500
  /// A reply holds 1 MiB, whatever the sessions hold.
  private static let bytesMax = 900_000

  static func reading(_ query: Query) throws -> Reading<SessionList> {
    let page = try SessionPage(query, limit: limitUsual, limitMax: limitMax)
    return Reading("sessions", page.source) { progress, sessions in try SessionList(page, progress, sessions) }
  }

  /// - Throws: 403 `detail_is_days`.
  init(_ page: SessionPage, _ progress: Progress, _ sessions: [ListedSession]) throws(Problem) {
    guard progress.detail == .sessions else { throw Problem.notShared }
    let (span, dates) = (page.span, page.span.dates(progress, first: nil))
    (from, to, limit) = (span == .all ? nil : dates.lowerBound, dates.upperBound, page.limit)
    self.sessions = sessions.filter {
      $0.place.date <= dates.upperBound && (span == .all || $0.place.date >= dates.lowerBound)
    }
  }

  /// As many as a reply holds, each written in a line.
  /// - Returns: the lines, and where the next page begins, for `after`; nil at the end.
  func written(_ line: (ListedSession) throws -> String) rethrows -> (lines: [String], next: String?) {
    var (lines, bytes) = ([String](), 0)
    for session in sessions.prefix(limit) {
      let text = try line(session)
      // As a string of JSON, which is what CSV becomes on its way and is never less than the text itself.
      bytes += JSON.string(text).encoded.count
      if bytes > SessionList.bytesMax { break }
      lines.append(text)
    }
    return (lines, lines.count < sessions.count ? sessions[lines.count - 1].place.text : nil)
  }
}

extension JSON {
  package init(_ list: SessionList) {
    let (lines, next) = list.written { $0.json() }
    self = [
      "from": list.from.map { JSON($0) } ?? .null, "to": JSON(list.to), "sessions": .array(lines.map(JSON.raw)),
      "next": JSON(next),
    ]
  }
}
