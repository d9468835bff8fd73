import Foundation
import TestSupport
import Testing

/// Private keys go into a file that only their owner may read, whatever the umask is.
@Suite struct KeyFileTests {
  private func mode(_ path: String) throws -> Int? {
    try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
  }

  @Test(arguments: [["keys", "new"], ["keys", "secret"], ["keys", "rotate"]])
  func `a key that is written to a file is for its owner only`(command: [String]) throws {
    let tool = try Tool()
    let path = "\(tool.home)/keys.env"
    let made = try tool(command + ["--output", path])
    #expect(made.status == 0 && made.output.isEmpty, "\(made.notes)")
    #expect(try mode(path) == 0o600)
    let text = try String(contentsOfFile: path, encoding: .utf8)
    #expect(text.count > 40 && text.hasSuffix("\n"))
    #expect(!made.notes.contains("\"d\""))
    let again = try tool(command + ["--output", path])
    #expect(again.status == 65 && again.notes.contains("is there already"))
    #expect(try String(contentsOfFile: path, encoding: .utf8) == text)
  }

  /// Else it would be written through the link, where others may read.
  @Test func `a link in the way is not followed`() throws {
    let tool = try Tool()
    let target = try tool.file("target", "")
    try FileManager.default.createSymbolicLink(atPath: "\(tool.home)/link", withDestinationPath: target)
    #expect(try tool("keys", "new", "--output", "\(tool.home)/link").status == 65)
    #expect(try String(contentsOfFile: target, encoding: .utf8).isEmpty)
  }
}
