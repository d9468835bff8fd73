import Foundation
import FunctionRuntime
import Glibc
import StrictJSON
import Testing

extension ConformanceTests {
  /// The platform's protocol, function by function, here and in a Debian 11 (docs/design/platform.md).
  @Suite struct ProtocolTests {
    @Test(.enabled(if: Place.old != nil, "scripts/old-root.sh could make none, and says why"))
    func `there is an old root file system, and it is none of the host's`() throws {
      guard case .root(let root)? = Place.old else { return }
      let version = try String(contentsOfFile: root + "/etc/debian_version", encoding: .utf8)
      #expect(version.hasPrefix("11."))
    }

    @Test(arguments: Subject.all)
    func `it starts, answers and is not started twice`(_ subject: Subject) throws {
      let proxy = try subject.started()
      let call = subject.function.call
      let answer = try proxy.answer(call)
      #expect(!subject.function.isOnTheWeb || answer.header("x-request-id") == call.id)
      #expect(try proxy.initialise(subject.function.zip) == .initialisedTwice)
      _ = try proxy.answer(subject.function.call)
      #expect(try proxy.process.answers.all == [])
    }

    @Test(arguments: Subject.all)
    func `with the platform's own variables only it says that it is not configured`(_ subject: Subject) throws {
      let answer = try subject.started().answer(subject.function.call)
      guard subject.function.isOnTheWeb else { return }
      #expect(answer.outcome == "503 not_configured")
    }

    @Test(arguments: Subject.all)
    func `a home, a path, a language and a time zone that are not there make no difference`(_ subject: Subject) throws {
      let strange = [
        "HOME": "/no/such/home", "PATH": "/none", "LANG": "xx_XX.UTF-8", "TZ": "Mars/Olympus", "TMPDIR": "/none",
      ]
      let proxy = try subject.started(container: strange)
      let answer = try proxy.answer(subject.function.call)
      guard subject.function.isOnTheWeb else { return }
      #expect(answer.outcome == "503 not_configured")
    }

    @Test(arguments: Subject.all)
    func `when it is killed its caller gets 400, and all later ones 500`(_ subject: Subject) throws {
      let proxy = try subject.started()
      _ = try proxy.answer(subject.function.call)
      let child = try proxy.process
      child.kill(SIGKILL)
      #expect(try [proxy.run("{}"), proxy.run("{}")] == [.commandExited, .nothingDefined])
      #expect(child.end == .signal(SIGKILL))
    }

    @Test(arguments: Subject.all)
    func `what is no event gets one answer each, and the process lives`(_ subject: Subject) throws {
      let proxy = try subject.started()
      let lines = [
        "", " ", "no JSON", "{", "[]", "1", "null", #""text""#, "{\"a\":1,\"a\":2}", "\u{FEFF}{}",
        "{\"value\":\"\\u0000\"}", "{}",
      ]
      for line in lines {
        let response = try #require(try proxy.run(line))
        #expect(response.status == 200, "\(line): \(response)")
        let answer = try Answer(response.body)
        let isObject = line.hasPrefix("{") && line.hasSuffix("}") && !line.hasPrefix("{\"a\"")
        if !isObject { #expect(answer.outcome == "400 invalid_event", "\(line)") }
      }
      _ = try proxy.answer(subject.function.call)
      #expect(try proxy.process.answers.all == [])
    }

    @Test(arguments: Subject.all)
    func `at the end of its input it ends with 0, unasked lines it never writes`(_ subject: Subject) throws {
      for calls in 0...1 {
        let proxy = try subject.started()
        for _ in 0..<calls { _ = try proxy.answer(subject.function.call) }
        let child = try proxy.process
        try child.closeInput()
        #expect(try child.waitForEnd() == .exit(0))
        #expect(child.answers.all == [] && child.answers.unfinished == "")
      }
    }

    @Test(arguments: Subject.all)
    func `a last line without a line feed is answered before the end`(_ subject: Subject) throws {
      let child = try subject.started().process
      child.send(Array(subject.function.call.line.utf8))
      try child.closeInput()
      #expect(try child.waitForEnd() == .exit(0))
      #expect(child.answers.all.count == 1)
    }

    @Test(arguments: Subject.all)
    func `when nobody reads its answers any more it ends`(_ subject: Subject) throws {
      let child = try subject.started().process
      child.closeResults()
      child.send(Array((subject.function.call.line + "\n").utf8))
      #expect(try child.waitForEnd() == .exit(1))
    }

    @Test(arguments: Subject.all)
    func `lines written at once are answered one each and in order`(_ subject: Subject) throws {
      let child = try subject.started().process
      let calls = (0..<200).map { _ in subject.function.call }
      child.send(Array(calls.map { $0.line + "\n" }.joined().utf8))
      try child.closeInput()
      #expect(try child.waitForEnd() == .exit(0))
      let answers = try child.answers.all.map(Answer.init)
      #expect(answers.count == calls.count)
      guard subject.function.isOnTheWeb else { return }
      #expect(answers.map { $0.header("x-request-id") } == calls.map(\.id))
    }

    @Test(arguments: Subject.all)
    func `each log has its lines, then the sentinel on a line of its own, then comes the answer`(_ subject: Subject)
      throws
    {
      let proxy = try subject.started()
      let child = try proxy.process
      for number in 1...3 {
        child.send(Array((subject.function.call.line + "\n").utf8))
        try child.pump { !$0.answers.all.isEmpty }
        #expect(child.output.sentinels == number && child.log.sentinels == number, "both before the answer")
        _ = child.takeAnswer()
        #expect(child.output.all.last == Child.sentinel && child.log.all.last == Child.sentinel)
        #expect(child.output.unfinished == "" && child.log.unfinished == "")
      }
      #expect(child.output.all.allSatisfy { $0 == Child.sentinel }, "nothing else is on standard output")
      #expect(
        child.log.all.allSatisfy { $0 == Child.sentinel || (try? JSON(parsing: $0, limits: .trusted))?.object != nil })
    }
  }
}
