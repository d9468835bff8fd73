import Foundation
import FunctionRuntime
import Glibc
import Testing

extension ConformanceTests {
  /// What a function may not need: rights, and files of its host.
  @Suite struct SurroundingsTests {
    @Test(.enabled(if: getuid() == 0, "takes root, to become somebody else"), arguments: FunctionName.allCases)
    func `as a user who may write nothing, from a folder nobody may write to, it runs`(_ function: FunctionName)
      throws
    {
      let proxy = try PlatformProxy(.nobody)
      let response = try proxy.initialise(function.zip) { bin in try execute("/bin/chmod", ["-R", "a-w,a+rX", bin]) }
      #expect(response == .initialised)
      let answer = try proxy.answer(function.call)
      if function.isOnTheWeb { #expect(answer.outcome == "503 not_configured") }
    }

    /// Of the host it may read what says how names are resolved, and what the kernel tells of the process; in /tmp is the
    /// certificate that libpq wants as a file.
    private static let allowed = [
      "/proc/", "/dev/", "/sys/", "/etc/hosts", "/etc/host.conf", "/etc/resolv.conf", "/etc/nsswitch.conf",
      "/etc/passwd", "/etc/services", "/etc/gai.conf", "/etc/localtime", "/tmp/breath-ca-",
    ]

    @Test(
      .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/strace"), "needs strace"),
      arguments: FunctionName.allCases)
    func `nothing of the host is opened but what says how to resolve names`(_ function: FunctionName) throws {
      let folder = try Place.here.newFolder()
      defer { try? FileManager.default.removeItem(atPath: folder) }
      let trace = "\(folder)/trace"
      var opened: Set<String> = []
      for place in DatabasePlace.allCases {
        let proxy = try PlatformProxy(.traced(trace))
        #expect(try proxy.initialise(function.zip, environment: function.environment(place)) == .initialised)
        _ = try proxy.answer(function.databaseCall())
        let child = try proxy.process
        try child.closeInput()
        #expect(try child.waitForEnd() == .exit(0))
        opened.formUnion(try SurroundingsTests.opened(trace, outside: proxy.folder))
      }
      try Report.add(
        "\(function.rawValue) opens: \(Set(opened.map(SurroundingsTests.named)).sorted().joined(separator: " "))")
      for path in opened {
        #expect(SurroundingsTests.allowed.contains { path.hasPrefix($0) }, "\(path)")
      }
    }

    /// Without what differs each time.
    private static func named(_ path: String) -> String {
      path.replacing(#/\d+/#, with: "N").replacing(#/breath-ca-.*/#, with: "breath-ca-…")
    }

    /// The files that were opened after the shell of `exec` had become the function, by absolute path.
    private static func opened(_ trace: String, outside folder: String) throws -> Set<String> {
      let lines = try String(contentsOfFile: trace, encoding: .utf8).split(separator: "\n")
      let start = lines.lastIndex { $0.contains("execve(") && $0.contains("/lib/ld-linux") } ?? lines.startIndex
      return Set(
        lines[start...].dropFirst().filter { ($0.contains("open(") || $0.contains("openat(")) && !$0.contains("= -1") }
          .compactMap { line in
            let parts = line.split(separator: "\"", maxSplits: 2)
            return parts.count > 1 ? String(parts[1]) : nil
          }
          .filter { $0.hasPrefix("/") && !$0.hasPrefix(folder) })
    }
  }
}
