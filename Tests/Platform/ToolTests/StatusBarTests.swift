import Foundation
import TestSupport
import Testing

/// Lines of shell as people have them in their status bars, against a served bundle.
@Suite struct StatusBarTests {
  @Test func `status bars that were made for WakaTime read our numbers`() throws {
    let script = Repository.url("Tests/Clients/WakaTime/status-bars.sh")
    try withServer { url in
      let bash = try Command("/bin/bash", [script.path, url], together: true)
      #expect(
        bash.status == 0 && bash.output.hasSuffix("with bash, base64 and curl.\n"), "\(bash.output)")
    }
  }
}
