internal import Glibc

/// What is started for a function's name.
package struct Function: Sendable {
  let name: String
  package let executable: String
  /// Behind the executable's own name; functions take none.
  let arguments: [String]
  let environment: [String: String]
  /// Paths below its own on which it asks somebody else's server: a few of them at a time.
  let outboundPaths: Set<String>

  package init(
    name: String, executable: String, arguments: [String] = [], environment: [String: String],
    outboundPaths: Set<String> = []
  ) {
    self.name = name
    self.executable = executable
    self.arguments = arguments
    self.environment = environment
    self.outboundPaths = outboundPaths
  }

  /// As the platform names it to the function itself.
  var actionName: String { "/\(Function.namespace)/\(Function.package)/\(name)" }

  /// - Parameter path: as it was sent; read as functions read it, percent-decoded and with or without a slash at its end.
  func isOutbound(_ path: String) -> Bool {
    guard !outboundPaths.isEmpty else { return false }
    let steps = path.split(separator: "/").map { $0.utf8.contains(UInt8(ascii: "%")) ? decoded($0) : String($0) }
    return outboundPaths.contains("/" + steps.joined(separator: "/"))
  }

  /// With every `%2F` left alone, which separates nothing.
  private func decoded(_ step: Substring) -> String {
    var bytes: [UInt8] = []
    var rest = Array(step.utf8)[...]
    while let byte = rest.popFirst() {
      let digits = String(decoding: rest.prefix(2), as: UTF8.self)
      if byte == UInt8(ascii: "%"), let value = UInt8(digits, radix: 16), value != UInt8(ascii: "/") {
        bytes.append(value)
        rest = rest.dropFirst(2)
      } else {
        bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  var isExecutable: Bool { unsafe access(executable, X_OK) == 0 }

  static let namespace = "local"
  /// The package of project.yml, and with it the API's version.
  static let package = "v1"
}
