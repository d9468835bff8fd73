import Foundation
import TestSupport
import Testing

/// Lines of shell as people have them in their status bars, against a served bundle.
@Suite struct StatusBarTests {
  @Test func `status bars that were made for WakaTime read our numbers`() throws {
    let script = Repository.url("Tests/Clients/WakaTime/status-bars.sh")
    try withServer { url in
      let process = Process()
      process.executableURL = URL(filePath: "/bin/bash")
      process.arguments = [script.path, url]
      let output = Pipe()
      process.standardOutput = output
      process.standardError = output
      try process.run()
      let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
      process.waitUntilExit()
      #expect(process.terminationStatus == 0 && text.hasSuffix("with bash, base64 and curl.\n"), "\(text)")
    }
  }
}
