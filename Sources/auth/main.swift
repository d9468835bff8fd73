import Backend
import FunctionRuntime
import HTTPSClient

await Function.run {
  let endpoint = AuthEndpoint(Endpoint(name: "auth"), callProvider: HTTPS.send)
  return Function(name: "auth", routes: endpoint.routes, problem: problem)
}
