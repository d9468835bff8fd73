internal import Glibc

/// What is started for a function's name.
struct Function: Sendable {
  let name: String
  let executable: String
  let environment: [String: String]

  /// As the platform names it to the function itself.
  var actionName: String { "/\(Function.namespace)/\(Function.package)/\(name)" }

  var isExecutable: Bool { unsafe access(executable, X_OK) == 0 }

  static let namespace = "local"
  /// The package of project.yml, and with it the API's version.
  static let package = "v1"
}
