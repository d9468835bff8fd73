import Backend
import FunctionRuntime

await Function.run {
  Function(.stats, routes: StatsEndpoint(Endpoint(.stats)).routes, problem: problem)
}
