import Backend
import FunctionRuntime
import StatsFunction

await Function.run {
  Function(.stats, routes: StatsEndpoint(Endpoint(.stats)).routes, problem: problem)
}
