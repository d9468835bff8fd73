import Foundation
import Glibc

/// Another program, run to its end: the one way to do so in tests. Its output goes to files, so that a daemon which it
/// leaves behind holds up nobody.
package struct Command: Sendable {
  package struct Failed: Error, CustomStringConvertible {
    package let description: String
  }

  /// The exit status, or 256 + the signal that ended it.
  package let status: CInt
  /// What it wrote to standard output; what went to standard error too, in its place, when both were to go together.
  package let output: String
  /// What it wrote to standard error.
  package let notes: String

  /// What our own process has.
  package static let inherited = ProcessInfo.processInfo.environment

  /// - Parameters:
  ///   - program: a path, or a name that is looked for in `PATH`.
  ///   - environment: all of it.
  ///   - input: the text that it reads; it has none to read when nil.
  ///   - together: whether what goes to standard error is put among its output.
  package init(
    _ program: String, _ arguments: [String] = [], environment: [String: String] = inherited, input: String? = nil,
    together: Bool = false
  ) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "breath-command-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(at: folder) }
    let files = ["in", "out", "err"].map { folder.appending(path: $0) }
    for (file, text) in zip(files, [input ?? "", "", ""]) { try Data(text.utf8).write(to: file) }
    let descriptors = try [
      Spawn.file(files[0].path, writing: false), Spawn.file(files[1].path, writing: true),
      Spawn.file(files[2].path, writing: true),
    ]
    defer { for descriptor in descriptors { close(descriptor) } }
    let given = together ? [descriptors[0], descriptors[1], descriptors[1]] : descriptors
    status = try Spawn(program, arguments, environment: environment, descriptors: given).wait()
    output = String(decoding: try Data(contentsOf: files[1]), as: UTF8.self)
    notes = String(decoding: try Data(contentsOf: files[2]), as: UTF8.self)
  }

  /// A program of the repository, or of `PATH`, in the repository's folder.
  /// - Parameter environment: on top of our own.
  /// - Returns: what it wrote to standard output.
  /// - Throws: `Failed` with its last words when it ends with another status than 0.
  @discardableResult
  package static func run(
    _ program: String, _ arguments: [String], environment: [String: String] = [:], input: String? = nil
  ) throws -> String {
    let command = try Command(
      "env", ["-C", Repository.root, program] + arguments, environment: inherited.merging(environment) { $1 },
      input: input)
    guard command.status == 0 else {
      throw Failed(
        description: "\(program) \(arguments.first ?? "") ended with \(command.status): \(command.notes.suffix(2000))")
    }
    return command.output
  }

  /// `NAME='value'` lines as scripts/postgres.sh prints them.
  package static func assignments(_ text: String) -> [String: String] {
    text.split(separator: "\n").reduce(into: [:]) { values, line in
      guard let equals = line.firstIndex(of: "=") else { return }
      values[String(line[..<equals])] = line[line.index(after: equals)...].trimmingCharacters(in: ["'"])
    }
  }
}
