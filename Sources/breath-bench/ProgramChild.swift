internal import Gateway
internal import Glibc
internal import ToolSupport

/// Any program that writes lines.
final class ProgramChild {
  private let spawned: Spawned
  var pid: pid_t { spawned.pid }
  private var output: [UInt8] = []

  init(_ program: Function) throws {
    do { spawned = try spawn(program) } catch {
      throw Failure(.unavailable, "\(program.executable) does not start: \(error)")
    }
  }

  /// Ends its input and waits for it.
  deinit {
    for end in [spawned.input, spawned.reply, spawned.standardOutput, spawned.standardError] { close(end) }
    var status: CInt = 0
    _ = unsafe waitpid(spawned.pid, &status, 0)
  }

  /// The first line, or what there is when it ends before.
  func line() throws -> String {
    while !output.contains(UInt8(ascii: "\n")), Descriptors.read(from: spawned.standardOutput, into: &output) {}
    return String(decoding: output.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
  }

  /// All that it writes until it ends, its complaints included.
  func everything() -> String {
    while Descriptors.read(from: spawned.standardOutput, into: &output) {}
    while Descriptors.read(from: spawned.standardError, into: &output) {}
    return String(decoding: output, as: UTF8.self)
  }
}
