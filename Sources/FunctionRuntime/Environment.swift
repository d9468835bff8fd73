import FoundationEssentials

/// The variables of the process, read once. An empty value counts as absent: the deployer writes it for "not set".
package struct Environment: Sendable {
  package static let process = Environment(ProcessInfo.processInfo.environment)

  private let values: [String: String]

  package init(_ values: [String: String]) { self.values = values }

  package subscript(variable: Variable) -> String? { self[variable.rawValue] }

  /// What the platform tells, and nobody configures.
  subscript(name: String) -> String? { values[name].flatMap { $0.isEmpty ? nil : $0 } }

  /// Nothing but these, so that code which reads a variable that its function is not given finds none, in a test too.
  package func limited(to variables: [Variable]) -> Environment {
    let names = Set(variables.map(\.rawValue))
    return Environment(values.filter { names.contains($0.key) })
  }
}
