import Backend
import FunctionRuntime
import SyncFunction

await Function.run {
  Function(.sync, routes: SyncEndpoint(Endpoint(.sync)).routes, problem: problem)
}
