import Backend
import FunctionRuntime

await Function.run {
  Function(name: "auth", routes: AuthEndpoint(Endpoint(name: "auth")).routes, problem: problem)
}
