import Foundation
import StrictJSON
import TestSupport
import Testing

/// What another side wrote must not steer the terminal that shows it.
@Suite struct TerminalTests {
  private static let hostile = "x\u{9B}2J\u{202E}y\u{2028}z\u{7F}\u{E0001}\u{FEFF}é 👩\u{200D}💻"

  /// A function that answers with such a text, raw.
  private func reply(_ tool: Tool, _ text: String) throws -> Command {
    let bin = "\(tool.home)/bin"
    try FileManager.default.createDirectory(atPath: bin, withIntermediateDirectories: true)
    let answer = #"{"statusCode":200,"body":{"name":"\#(text)"}}"#
    let script = "#!/bin/bash\ncat >/dev/null\ncat <<'END'\n\(answer)\nEND\n"
    try Data(script.utf8).write(to: URL(filePath: "\(bin)/stats"))
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: "\(bin)/stats")
    return try tool("invoke", "stats", try tool.file("event.json", "{}"), "--bin", bin)
  }

  @Test func `a reply is printed without what a terminal obeys, and says the same`() throws {
    let result = try reply(try Tool(), TerminalTests.hostile)
    #expect(result.status == 0, "\(result.notes)")
    for scalar in result.output.unicodeScalars where scalar != "\n" && scalar != "\u{200D}" {
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator:
        Issue.record("U+\(String(scalar.value, radix: 16)) in \(result.output)")
      default: break
      }
    }
    #expect(result.json["body"]?["name"]?.string.map { Array($0.utf8) } == Array(TerminalTests.hostile.utf8))
  }

  @Test(arguments: ["a\u{1B}[2Jb", "a\u{202E}b", "a\u{200B}b", "a\u{2028}b", "a\nb"])
  func `a device cannot be called what cannot be shown`(name: String) throws {
    let tool = try Tool()
    let result = try tool("export", "--name", name)
    #expect(result.status == 64)
    #expect(!result.notes.contains("\u{1B}[2J") && !result.notes.contains("\u{202E}"), "\(result.notes)")
  }
}
