import Backend
import FunctionRuntime

await Function.run {
  Function(name: "admin", routes: AdminEndpoint(Endpoint(name: "admin")).routes, problem: problem)
}
