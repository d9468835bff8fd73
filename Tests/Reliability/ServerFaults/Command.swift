import Foundation
import Glibc
import TestSupport

/// Another program, run to its end.
package struct Command {
  package struct Failed: Error, CustomStringConvertible {
    package let description: String
  }

  /// The repository this was built from.
  package static let root = Repository.root

  static let inherited = ProcessInfo.processInfo.environment

  /// - Parameters:
  ///   - program: looked for in `PATH`.
  ///   - environment: on top of our own.
  /// - Returns: what it wrote to standard output.
  /// - Throws: `Failed` with its last words when it ends with another status than 0.
  @discardableResult
  package static func run(
    _ program: String, _ arguments: [String], environment: [String: String] = [:], input: String? = nil
  ) throws -> String {
    let folder = FileManager.default.temporaryDirectory.appending(path: "breath-command-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(at: folder) }
    let files = ["in", "out", "err"].map { folder.appending(path: $0) }
    for (file, text) in zip(files, [input ?? "", "", ""]) { try Data(text.utf8).write(to: file) }

    let descriptors = try [
      Child.file(files[0].path, writing: false), Child.file(files[1].path, writing: true),
      Child.file(files[2].path, writing: true),
    ]
    defer { for descriptor in descriptors { close(descriptor) } }
    let child = try Child(
      "env", ["-C", root, program] + arguments,
      environment: inherited.merging(environment) { $1 }, descriptors: descriptors)
    let status = child.wait()
    let (output, words) = (
      try String(contentsOf: files[1], encoding: .utf8), try String(contentsOf: files[2], encoding: .utf8)
    )
    guard status == 0 else {
      throw Failed(
        description:
          "\(program) \(arguments.first ?? "") ended with \(status): \(words.suffix(2000))")
    }
    return output
  }

  /// `NAME='value'` lines as scripts/postgres.sh prints them.
  static func assignments(_ text: String) -> [String: String] {
    text.split(separator: "\n").reduce(into: [:]) { values, line in
      guard let equals = line.firstIndex(of: "=") else { return }
      values[String(line[..<equals])] = line[line.index(after: equals)...].trimmingCharacters(in: ["'"])
    }
  }
}
