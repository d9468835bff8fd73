import Backend
import FunctionRuntime

await Function.run {
  Function(name: "stats", routes: StatsEndpoint(Endpoint(name: "stats")).routes, problem: problem)
}
