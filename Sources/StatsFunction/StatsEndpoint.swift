package import Backend
import BreathDomain
package import FunctionRuntime
import Postgres
import Practice
import StrictJSON

/// `/v1/stats`: readings of the day totals that every push keeps. They cost days, never sessions, except where single
/// sessions are asked for.
package struct StatsEndpoint {
  let endpoint: Endpoint

  package init(_ endpoint: Endpoint) { self.endpoint = endpoint }

  package var routes: [Route] {
    [
      Route(.get, "/summary", view(Summary.reading, as: .json(JSON.init))),
      Route(.get, "/days", view(PractisedDays.reading, as: .json(JSON.init))),
      Route(.get, "/streak", view(ExplainedStreak.reading, as: .json(JSON.init))),
      Route(.get, "/heatmap", view(HeatmapWeeks.reading, as: .json(JSON.init))),
      Route(.get, "/hours", view(HourCounts.reading, as: .json(JSON.init))),
      Route(.get, "/sessions", view(SessionList.reading, as: .json(JSON.init))),
      Route(.get, "/goals", view(Goals.reading, as: .json(JSON.init))),
      Route(.patch, "/goals", endpoint.signedIn(for: .sync, changeGoals)),
      Route(.get, "/levels", view(LevelsReached.reading, as: .json(JSON.init))),
      Route(.get, "/records", view(PersonalRecords.reading, as: .json(JSON.init))),
      Route(.get, "/trend", view(SmoothedDays.reading, as: .json(JSON.init))),
      Route(.get, "/export.csv", view(Export.reading(named: "export.csv"), as: .csv)),
      Route(.get, "/export.json", view(Export.reading(named: "export.json"), as: .jsonFile)),
      Route(.get, "/challenges/today", view(ChallengesToday.reading, as: .json(JSON.init))),
      Route(.post, "/challenges/{id}/claim", endpoint.signedIn(for: .sync, claim)),
    ] + wakaTimeRoutes + shareRoutes + pictureRoutes
  }

  private func view<Value>(_ reading: Reading<Value>, as presenter: Presenter<Value>) -> Route.Handler {
    view(of: { _ in reading }, as: presenter)
  }

  private func view<Value>(
    _ reading: @escaping (Query) throws -> Reading<Value>, as presenter: Presenter<Value>
  ) -> Route.Handler {
    view(of: { try reading($0.query) }, as: presenter)
  }

  /// What all views share: who asks, one pipeline, and an entity tag that changes when the account, the rules, the day,
  /// or the question does.
  /// - Parameter keysInBasic: whether an API key may also come as `Basic`.
  func view<Value>(
    keysInBasic: Bool = false, of reading: @escaping (Request) throws -> Reading<Value>, as presenter: Presenter<Value>
  ) -> Route.Handler {
    endpoint.open { call in
      let request = call.request
      let asker = try await call.services.authenticator.asker(of: request, keysInBasic: keysInBasic)
      let reading = try reading(request)
      let condition = EntityTag.Condition(
        EntityTag.Question(view: reading.name, of: asker.subject, query: request.query),
        ifNoneMatch: request.headers["if-none-match"])
      let (admission, answer) = try call.run(
        asker.prologue(call.limits.device),
        reading.pipeline(for: Viewer(asker, in: reading.zone), unless: condition))
      var reply = try answer.value.map(presenter.reply) ?? Reply(304)
      reply.headers +=
        admission.headers + [
          ("ETag", answer.tag.text), ("Cache-Control", "private, no-cache"), ("Vary", "Authorization"),
        ]
      return reply
    }
  }
}
