package import FunctionRuntime
import Postgres
import StrictJSON

/// `/v1/admin`: for whoever runs it. Never shows anyone's practice.
package struct AdminEndpoint {
  let endpoint: Endpoint

  package init(_ endpoint: Endpoint) { self.endpoint = endpoint }

  package var routes: [Route] {
    [
      Route(.get, "/healthz", health),
      Route(.get, "/readyz", readiness),
      Route(.get, "/session", session),
    ]
  }

  /// The process answers; nothing else is looked at.
  func health(_ request: Request, _ context: Context) async throws -> Reply {
    Reply(200, json: ["status": "ok"])
  }

  /// The database can be reached and has every migration this code needs: 200, otherwise 503.
  func readiness(_ request: Request, _ context: Context) async throws -> Reply {
    let services = try await endpoint.services()
    let results = try services.database.flight(["SELECT max(number) AS newest FROM breath_meta.migrations"], context)
    let newest: Int32 = try results[0].only["newest"]
    guard newest >= Schema.migrationNeeded else {
      throw Problem.unavailable(
        code: "migrations_missing",
        detail: "The database needs migration \(Schema.migrationNeeded): run breath migrate.",
        retryAfter: .seconds(10))
    }
    return Reply(200, json: ["status": "ready", "migration": JSON(Int(newest))])
  }
}

/// Which schema this code is written against.
package enum Schema {
  /// The number of the newest file in sql/; a test holds the two together.
  package static let migrationNeeded: Int32 = 49
}
