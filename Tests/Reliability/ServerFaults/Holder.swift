import Glibc
import TestSupport

/// A session of psql in an open transaction, which keeps what it has until it is let go.
package final class Holder {
  package struct Refused: Error { let line: String? }

  private let child: Spawn
  private let input: CInt
  private let output: CInt

  /// - Parameter statements: what to run in the transaction.
  package init(_ url: String, _ statements: String = "") throws {
    let (theirInput, input) = try Spawn.pipe()
    let (output, theirOutput) = try Spawn.pipe()
    defer { for descriptor in [theirInput, theirOutput] { close(descriptor) } }
    (self.input, self.output) = (input, output)
    child = try Spawn(
      "psql", ["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", url], environment: Command.inherited,
      descriptors: [theirInput, theirOutput, theirOutput])
    try say("BEGIN; SET LOCAL idle_in_transaction_session_timeout = 0; \(statements)\n\\echo holding\n", "holding")
  }

  package func release() throws { try say("ROLLBACK;\n\\echo released\n", "released") }

  deinit {
    child.kill()
    _ = child.wait()
    for descriptor in [input, output] { close(descriptor) }
  }

  private func say(_ text: String, _ expected: String) throws {
    _ = unsafe write(input, text, text.utf8.count)
    var bytes: [UInt8] = []
    var byte: UInt8 = 0
    while unsafe read(output, &byte, 1) == 1, byte != UInt8(ascii: "\n") { bytes.append(byte) }
    let line = String(decoding: bytes, as: UTF8.self)
    guard line == expected else { throw Refused(line: line) }
  }
}
