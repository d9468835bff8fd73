import Foundation
import Glibc
import StrictJSON
import Testing

/// The double against functions that keep or break the protocol: each line of the table recorded from the real proxy.
@Suite struct PlatformProxyTests {
  /// A function in bash: says that it is ready, then answers each line with what `body` does.
  static func script(_ body: String, ready: String = #"echo '{"ok":true}' >&3"#) -> Data {
    Data(
      """
      #!/bin/bash
      end() { echo \(Child.sentinel); echo \(Child.sentinel) >&2; }
      \(ready)
      events=0
      while IFS= read -r line; do
        events=$((events + 1))
        \(body)
      done

      """.utf8)
  }

  private func started(_ body: String) throws -> PlatformProxy {
    let proxy = try PlatformProxy()
    #expect(try proxy.initialise(PlatformProxyTests.script(body)) == .initialised)
    return proxy
  }

  @Test func `a function is started once, and its answer comes without the line feed`() throws {
    let proxy = try started(#"end; echo "{\"events\":$events}" >&3"#)
    #expect(try proxy.initialise(PlatformProxyTests.script("")) == .initialisedTwice)
    for number in 1...3 {
      #expect(try proxy.run("{}") == ProxyResponse(status: 200, body: #"{"events":\#(number)}"#))
    }
  }

  @Test func `line feeds of an event never reach the function`() throws {
    let proxy = try started(#"end; echo "$line" >&3"#)
    #expect(try proxy.run("{\n\"a\":\n1}\n") == ProxyResponse(status: 200, body: #"{"a":1}"#))
  }

  @Test func `it runs as ./action/1/bin/exec in the proxy's folder with no variables but those it was given`() throws {
    let proxy = try PlatformProxy()
    let code = PlatformProxyTests.script(#"end; tr '\0' ';' </proc/$$/environ | sed 's/.*/{"e":"&"}\n/' >&3"#)
    #expect(try proxy.initialise(code, environment: ["A": "b=c"], container: ["PATH": "/usr/bin:/bin"]) == .initialised)
    let body = try #require(try proxy.run("{}")).body
    let names = try #require(JSON(parsing: body, limits: .trusted)["e"]?.string).split(separator: ";")
    #expect(names.contains("A=b=c") && names.contains("__OW_WAIT_FOR_ACK=1"))
    #expect(names.allSatisfy { $0.hasPrefix("__OW_") || $0.hasPrefix("A=") || $0.hasPrefix("PATH=") })
    let pid = try proxy.process.pid
    let arguments = try String(contentsOfFile: "/proc/\(pid)/cmdline", encoding: .utf8).split(separator: "\0")
    #expect(arguments.last == "./action/1/bin/exec")
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(pid)/cwd") == proxy.folder)
  }

  @Test(arguments: [
    script("", ready: "exit 0"), script("", ready: #"echo '{"ok":false}' >&3; sleep 9"#),
    script("", ready: "echo x >&3"),
    Data("#!/no/such/interpreter\n".utf8), Data("package main".utf8),
  ])
  func `what does not start, or does not say that it is ready, is 502, and nothing is defined`(code: Data) throws {
    let proxy = try PlatformProxy()
    #expect(try proxy.initialise(code) == .cannotStart)
    #expect(try proxy.run("{}") == .nothingDefined)
  }

  @Test func `a function that says nothing keeps its init waiting`() throws {
    let proxy = try PlatformProxy()
    #expect(try proxy.initialise(PlatformProxyTests.script("", ready: ":"), patience: .milliseconds(300)) == nil)
  }

  @Test func `a run before any init is 500`() throws {
    #expect(try PlatformProxy().run("{}") == .nothingDefined)
  }

  @Test func `a function that ends during a run gives 400, then 500`() throws {
    let proxy = try started("exit 3")
    #expect(
      try [proxy.run("{}"), proxy.run("{}"), proxy.run("{}")] == [.commandExited, .nothingDefined, .nothingDefined])
  }

  @Test func `an empty line ends the container though the function lives`() throws {
    let proxy = try started("end; echo >&3")
    let child = try proxy.process
    #expect(try [proxy.run("{}"), proxy.run("{}")] == [.commandExited, .nothingDefined])
    #expect(child.end == nil)
  }

  @Test(arguments: ["no JSON", "[]", "1", #""text""#, "null"])
  func `what is no object is 502, and the next run goes on`(answer: String) throws {
    let proxy = try started("end; if ((events == 1)); then echo '\(answer)' >&3; else echo '{}' >&3; fi")
    #expect(try [proxy.run("{}"), proxy.run("{}")] == [.noDictionary, ProxyResponse(status: 200, body: "{}")])
  }

  @Test func `a second line answers the next caller, for ever`() throws {
    let proxy = try started(#"end; printf '{"a":%s}\n{"b":%s}\n' $events $events >&3"#)
    let bodies = try (1...3).map { _ in try proxy.run("{}")?.body }
    #expect(bodies == [#"{"a":1}"#, #"{"b":1}"#, #"{"a":2}"#])
  }

  @Test func `an answer on several lines is 502, and its rest shifts all later ones`() throws {
    let proxy = try started(#"end; printf '{\n"a":1}\n' >&3"#)
    #expect(try [proxy.run("{}"), proxy.run("{}")] == [.noDictionary, .noDictionary])
  }

  @Test func `a function that closes descriptor 3 leaves its caller waiting`() throws {
    let proxy = try started("end; exec 3>&-")
    #expect(try proxy.run("{}", patience: .milliseconds(300)) == nil)
  }

  @Test(arguments: [":", "echo \(Child.sentinel)", "echo \(Child.sentinel) >&2", "printf x; end"])
  func `without a sentinel at the start of a line of each log no answer comes`(log: String) throws {
    let proxy = try started("\(log); echo '{}' >&3")
    #expect(try proxy.run("{}", patience: .milliseconds(300)) == nil)
  }

  @Test func `a megabyte passes both ways`() throws {
    let proxy = try started(#"end; echo "$line" >&3"#)
    let line = #"{"a":""# + String(repeating: "x", count: 1_400_000) + #""}"#
    #expect(try proxy.run(line)?.body == line)
  }

  @Test func `a function that is killed gives 400`() throws {
    let proxy = try started(#"end; echo '{}' >&3"#)
    _ = try proxy.run("{}")
    try proxy.process.kill(SIGKILL)
    #expect(try proxy.run("{}") == .commandExited)
  }

  @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/zip"), "needs zip and unzip"))
  func `a zip is unpacked with the modes it has, and its exec may be run whatever it says`() throws {
    let folder = try Place.here.newFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try PlatformProxyTests.script(
      #"end; stat -c '{"mode":%a}' ${0%/*}/exec ${0%/*}/data | paste -sd ' ' | sed 's/} {/,/; s/mode/m/' >&3"#
    )
    .write(to: URL(filePath: "\(folder)/exec"))
    try Data("x".utf8).write(to: URL(filePath: "\(folder)/data"))
    for (file, mode) in [("exec", 0o644), ("data", 0o640)] {
      try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: "\(folder)/\(file)")
    }
    try execute("/usr/bin/zip", ["-q", "-j", "\(folder)/code.zip", "\(folder)/exec", "\(folder)/data"])
    let proxy = try PlatformProxy()
    let code = try Data(contentsOf: URL(filePath: "\(folder)/code.zip"))
    #expect(try proxy.initialise(code, container: ["PATH": "/usr/bin:/bin"]) == .initialised)
    #expect(try proxy.run("{}")?.body == #"{"m":755,"mode":640}"#)
  }
}
