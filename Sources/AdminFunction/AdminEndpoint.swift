package import Backend
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
      Route(.get, "/readyz", endpoint.open(readiness)),
      Route(.get, "/session", endpoint.administrator(session)),
    ]
  }

  /// The process answers; nothing else is looked at.
  func health(_ request: Request, _ context: Context) async throws -> Reply {
    Reply(200, json: ["status": "ok"])
  }

  /// The database can be reached and has the migrations and functions that this code needs: 200, otherwise 503. Newer
  /// ones do as well: while a release is rolled out, both run side by side.
  func readiness(_ call: Call) throws -> Reply {
    let (newest, hasDefinitions) = try call.run(
      Pipeline(
        """
        SELECT (SELECT max(number) FROM breath_meta.migrations) AS newest, EXISTS (
          SELECT FROM breath_meta.definition_sets WHERE digest = \(Schema.definitionsNeeded)) AS has_definitions
        """, row: { row in (try row["newest"] as Int32, try row["has_definitions"] as Bool) }))
    guard newest >= Schema.migrationNeeded, hasDefinitions else {
      throw Problem.unavailable(
        code: "migrations_missing",
        detail: newest >= Schema.migrationNeeded
          ? "The database needs the functions of this version: run breath migrate."
          : "The database needs migration \(Schema.migrationNeeded): run breath migrate.",
        retryAfter: .seconds(10))
    }
    return Reply(200, json: ["status": "ready", "migration": JSON(Int(newest))])
  }
}
