import Backend
import FunctionRuntime
import WorkerFunction

// What nobody calls for: the schedule's events start it, and no route leads here.
await Function.run {
  Function(.worker, routes: [], onInvocation: Maintenance(Endpoint(.worker)).run, problem: problem)
}
