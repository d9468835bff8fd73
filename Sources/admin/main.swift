import Backend
import FunctionRuntime

// Deployed twice: as `admin` over HTTP, and as `maintenance`, which only the schedule reaches and which has no routes.
let isMaintenance = Environment.process["__OW_ACTION_NAME"]?.hasSuffix("/maintenance") ?? false

await Function.run {
  let endpoint = Endpoint(name: isMaintenance ? "maintenance" : "admin")
  return Function(
    name: isMaintenance ? "maintenance" : "admin", routes: isMaintenance ? [] : AdminEndpoint(endpoint).routes,
    onInvocation: Maintenance(endpoint).run, problem: problem)
}
