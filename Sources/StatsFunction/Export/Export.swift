import BreathDomain
import FunctionRuntime
import Practice

/// `/export.csv` and `/export.json`: days or single sessions as a file, to keep or to open in a spreadsheet.
struct Export {
  /// Up to which day it shows.
  let today: LocalDate
  let content: Content

  enum Content {
    case days(PractisedDays)
    case sessions(SessionList, NextPage)
  }

  /// What the link to the next page repeats of what was asked.
  struct NextPage {
    private let span: String
    private let limit: Int

    fileprivate init(_ query: Query, limit: Int) {
      span = ["range", "from", "to"].compactMap { name in query[name].map { "&\(name)=\($0)" } }.joined()
      self.limit = limit
    }

    /// RFC 8288, relative to the route itself. Only what was understood, none of which needs an escape.
    func link(after place: String) -> String {
      "<?of=sessions\(span)&limit=\(limit)&after=\(place)>; rel=\"next\""
    }
  }

  private static let sessionsMax = 2000

  static func reading(named name: String) -> (Query) throws -> Reading<Export> {
    { query in
      // Read for days as well, which come in one page: what is wrong is wrong for both.
      let page = try SessionPage(query, limit: sessionsMax, limitMax: sessionsMax)
      switch query["of"] ?? "days" {
      case "days":
        return Reading(name, .days(DayHistory.Reach(page.span))) { progress, history in
          Export(today: progress.today, content: .days(PractisedDays(page.span, progress, history)))
        }
      case "sessions":
        let next = NextPage(query, limit: page.limit)
        return Reading(name, page.source) { progress, sessions in
          Export(today: progress.today, content: .sessions(try SessionList(page, progress, sessions), next))
        }
      default: throw Problem(400, code: "invalid_query", detail: "of must be \"days\" or \"sessions\".")
      }
    }
  }
}
