import Backend
import FunctionRuntime
import Outbound

await Function.run {
  Function(.auth, routes: AuthEndpoint(Endpoint(.auth), outbound: HTTPS.call).routes, problem: problem)
}
