internal import Glibc

/// What is started for a function's name.
package struct Function: Sendable {
  let name: String
  package let executable: String
  /// Behind the executable's own name; functions take none.
  let arguments: [String]
  let environment: [String: String]

  package init(name: String, executable: String, arguments: [String] = [], environment: [String: String]) {
    self.name = name
    self.executable = executable
    self.arguments = arguments
    self.environment = environment
  }

  /// As the platform names it to the function itself.
  var actionName: String { "/\(Function.namespace)/\(Function.package)/\(name)" }

  var isExecutable: Bool { unsafe access(executable, X_OK) == 0 }

  static let namespace = "local"
  /// The package of project.yml, and with it the API's version.
  static let package = "v1"
}
