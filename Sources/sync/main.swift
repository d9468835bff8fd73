import Backend
import FunctionRuntime

await Function.run {
  Function(name: "sync", routes: SyncEndpoint(Endpoint(name: "sync")).routes, problem: problem)
}
