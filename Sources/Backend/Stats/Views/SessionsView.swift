import FunctionRuntime
import StrictJSON

/// `/sessions`: single sessions, the latest first, in pages.
enum SessionsView {
  private static let limitUsual = 100, limitMax = 500

  static func view(_ query: Query) throws -> View {
    let page = try SessionPage(query, limit: limitUsual, limitMax: limitMax)
    return View("sessions", days: .none, other: page.query) { progress, _, row in
      let shown = try page.show(progress, row) { $0.json() }
      return [
        "from": shown.from.map { JSON($0) } ?? .null, "to": JSON(shown.to),
        "sessions": .array(shown.lines.map(JSON.raw)), "next": JSON(shown.next),
      ]
    }
  }
}
