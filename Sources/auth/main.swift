import Backend
import FunctionRuntime
import Outbound

await Function.run {
  Function(name: "auth", routes: AuthEndpoint(Endpoint(name: "auth"), outbound: HTTPS.call).routes, problem: problem)
}
