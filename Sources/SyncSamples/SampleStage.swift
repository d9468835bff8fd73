import FoundationEssentials
package import FunctionRuntime
import Postgres
import StrictJSON

/// How far a `POST /v1/sync` is taken, so that `breath bench` sees what each part of it costs: what a stage costs is what
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
      Route(.post, "") { request, context in
        let services = try await endpoint.services()
        if self == .event { return Reply(200, json: [:]) }
        let caller = try await services.authenticator.caller(of: request)
        if self == .token { return Reply(200, json: [:]) }
        let statements = try SamplePipeline.statements(
          of: request.body, account: caller.account.uuid, device: caller.device.uuid)
        if self == .pipeline { _ = try services.database.pipeline(statements, context) }
        return Reply(200, json: [:])
      }
    ]
  }
}
