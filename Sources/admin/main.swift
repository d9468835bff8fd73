import AdminFunction
import Backend
import FunctionRuntime

await Function.run {
  Function(.admin, routes: AdminEndpoint(Endpoint(.admin)).routes, problem: problem)
}
