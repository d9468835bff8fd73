package import Backend
package import FunctionRuntime
import Postgres
import StrictJSON
import SyncFunction

/// How far a `POST /v1/sync` is taken, so that a measurement sees what each part of it costs: what a stage costs is what
/// it takes longer than the one before. No request ever comes through here.
package enum SampleStage: Int, CaseIterable, Comparable {
  /// The event read, its route found, and an empty answer made.
  case event
  /// Who calls.
  case token
  /// The body read, and the statements made of it.
  case statements
  /// The statements sent and their results received; waiting is no processor time.
  case pipeline
  /// All of it, with the verdicts, the page and the progress in the answer.
  case answer

  package static func < (a: SampleStage, b: SampleStage) -> Bool { a.rawValue < b.rawValue }

  /// The routes of a sync that ends after this stage.
  package func routes(_ endpoint: Endpoint) -> [Route] {
    if self == .answer { return SyncEndpoint(endpoint).routes }
    return [
      Route(
        .post, "",
        endpoint.open { call in
          try await run(call)
          return Reply(200, json: [:])
        })
    ]
  }

  private func run(_ call: Call) async throws {
    if self == .event { return }
    let caller = try await call.services.authenticator.caller(of: call.request)
    if self == .token { return }
    let statements = try SamplePipeline.statements(of: call.request.body, caller)
    if self == .pipeline { _ = try call.run(Pipeline(all: statements.map { Pipeline($0) })) }
  }
}
