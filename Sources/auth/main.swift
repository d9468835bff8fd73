import AuthFunction
import Backend
import FunctionRuntime
import HTTPSClient

await Function.run {
  let endpoint = AuthEndpoint(Endpoint(.auth), callProvider: HTTPS.send)
  return Function(.auth, routes: endpoint.routes, problem: problem)
}
