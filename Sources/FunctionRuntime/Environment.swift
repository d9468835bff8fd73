import FoundationEssentials

/// The variables of the process, read once. An empty value counts as absent: the deployer writes it for "not set".
package struct Environment: Sendable {
  package static let process = Environment(ProcessInfo.processInfo.environment)

  private let values: [String: String]

  package init(_ values: [String: String]) { self.values = values }

  package subscript(name: String) -> String? { values[name].flatMap { $0.isEmpty ? nil : $0 } }
}
