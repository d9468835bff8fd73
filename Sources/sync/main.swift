import Backend
import FunctionRuntime

await Function.run {
  Function(.sync, routes: SyncEndpoint(Endpoint(.sync)).routes, problem: problem)
}
