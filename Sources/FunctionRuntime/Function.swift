package import StrictJSON

/// A function of the bundle, as its `main.swift` builds it:
///
///     await Function.run {
///       Function(.sync, routes: SyncEndpoint(Endpoint(.sync)).routes, problem: problem)
///     }
package struct Function {
  package typealias Invocation = (JSON, Context) async throws -> JSON
  package typealias ProblemMap = (any Error, Context) -> Problem?

  package let name: String
  package let routes: [Route]
  let onInvocation: Invocation?
  let problem: ProblemMap

  /// - Parameters:
  ///   - onInvocation: answers events that are no HTTP request, that is a schedule's or an operator's; the answer is an
  ///     object without a member `error`. Nil refuses them.
  ///   - problem: what the caller may see of another layer's error; nil for a 500 that says nothing.
  package init(
    name: String, routes: [Route], onInvocation: Invocation? = nil,
    problem: @escaping ProblemMap = { _, _ in nil }
  ) {
    self.name = name
    self.routes = routes
    self.onInvocation = onInvocation
    self.problem = problem
  }
}
