import BreathDomain
package import FunctionRuntime
import Postgres
import StrictJSON

/// `/v1/stats`: views over the day totals that every push keeps. A read costs days, never sessions, except where single
/// sessions are asked for.
package struct StatsEndpoint {
  let endpoint: Endpoint

  package init(_ endpoint: Endpoint) { self.endpoint = endpoint }

  package var routes: [Route] {
    [
      Route(.get, "/summary", view(SummaryView.view)),
      Route(.get, "/days", view(DaysView.view)),
      Route(.get, "/streak", view(StreakView.view)),
      Route(.get, "/heatmap", view(HeatmapView.view)),
      Route(.get, "/hours", view(HoursView.view)),
      Route(.get, "/sessions", view(SessionsView.view)),
      Route(.get, "/goals", view(GoalsView.view)),
      Route(.patch, "/goals", changeGoals),
      Route(.get, "/levels", view(LevelsView.view)),
      Route(.get, "/records", view(RecordsView.view)),
      Route(.get, "/trend", view(TrendView.view)),
      Route(.get, "/export.csv", view(ExportView.view(.csv))),
      Route(.get, "/export.json", view(ExportView.view(.json))),
      Route(.get, "/challenges/today", view(ChallengesView.view)),
      Route(.post, "/challenges/{id}/claim", claim),
    ] + wakaTimeRoutes + shareRoutes + pictureRoutes
  }

  private func view(_ make: @escaping (Query) throws -> View) -> Route.Handler {
    view(of: { try make($0.query) })
  }

  /// What all views share: who asks, one pipeline, and an entity tag that changes when the account, the rules, the day,
  /// or the question does.
  /// - Parameter keysInBasic: whether an API key may also come as `Basic`.
  func view(keysInBasic: Bool = false, of make: @escaping (Request) throws -> View) -> Route.Handler {
    { request, context in
      let services = try await endpoint.services()
      let asker = try await services.authenticator.asker(of: request, keysInBasic: keysInBasic)
      let view = try make(request)
      let question = EntityTag.Question(view: view.name, of: asker.subject, query: request.query)
      let asked = request.headers["if-none-match"]
      let known = EntityTag.known(in: asked, question)
      let (result, limit) = try services.pipeline(
        for: asker, view.query(for: asker.viewer(in: view.zone), known: known), context)
      let answer = try Answer(result.only, view, question)
      if answer.tag.isNamed(in: asked) { return Reply(304, headers: limit + answer.headers) }
      var reply = try answer.reply()
      reply.headers += limit + answer.headers
      return reply
    }
  }

  struct Answer {
    private let row: Row
    private let view: View
    private let progress: Progress
    let tag: EntityTag

    init(_ row: Row, _ view: View, _ question: EntityTag.Question) throws {
      (self.row, self.view) = (row, view)
      progress = try Progress(row)
      tag = EntityTag(progress, moment: try row["moment"], question)
    }

    var headers: [(String, String)] {
      [("ETag", tag.text), ("Cache-Control", "private, no-cache"), ("Vary", "Authorization")]
    }

    func reply() throws -> Reply { try view.reply(progress, DayHistory(row), row) }
  }
}
