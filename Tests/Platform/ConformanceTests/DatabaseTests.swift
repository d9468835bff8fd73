import Foundation
import FunctionRuntime
import StrictJSON
import Testing

extension ConformanceTests {
  /// With a database, and how long the first answer then takes.
  @Suite struct DatabaseTests {
    @Test(arguments: Subject.all.filter(\.function.isOnTheWeb), [DatabasePlace.tcp, .tls])
    func `it answers out of the database`(_ subject: Subject, _ place: DatabasePlace) throws {
      let proxy = try subject.started(subject.function.environment(place))
      let status = try proxy.answer(subject.function.databaseCall()).status
      #expect(status == (subject.function == .auth ? 201 : 200))
    }

    @Test func `the largest answer there is arrives whole`() throws {
      let sync = try FunctionName.sync.started()
      let device = try Device(by: FunctionName.auth.started())
      let id = String(repeating: "\u{1}", count: 16) + Call.hex()
      for page in 0..<4 {
        let answer = try sync.answer(device.push((0..<500).map { "\(id)\(page)-\($0)" }))
        #expect(answer.status == 200)
      }
      let answer = try sync.answer(device.call("GET", "/export", query: "limit=2000"))
      #expect(answer.status == 200)
      let count = try #require(answer.body["records"]?["sessions"]?.array?.count)
      #expect(count < 2000 && answer.line.utf8.count > 450_000, "a page ends where an answer would (decision 26)")
      try Report.add("largest answer: \(answer.line.utf8.count) bytes for a page of \(count) sessions")
    }

    @Test(arguments: [FunctionName.sync, .admin], DatabasePlace.allCases)
    func `start to first answer`(_ function: FunctionName, _ place: DatabasePlace) throws {
      let call = try function.databaseCall()
      let environment = try function.environment(place)
      let proxy = try PlatformProxy()
      #expect(try proxy.initialise(function.zip, environment: environment) == .initialised)
      var times: [Duration] = []
      for _ in 0..<30 {
        let clock = ContinuousClock()
        let start = clock.now
        let child = try Place.here.start(
          "./action/1/bin/exec", environment.merging(["__OW_WAIT_FOR_ACK": "1"]) { $1 }, in: proxy.folder)
        child.send(Array((call.line + "\n").utf8))
        try child.pump { $0.answers.all.count == 2 }
        times.append(clock.now - start)
        #expect(try Answer(child.answers.all[1]).status == 200)
      }
      try Report.add("start to first answer: \(function.rawValue) by \(place.rawValue): \(Report.summary(times))")
    }
  }
}

extension Report {
  /// Median and 95th percentile, in milliseconds.
  static func summary(_ times: [Duration]) -> String {
    let sorted = times.sorted().map { ($0 / .milliseconds(1) * 10).rounded() / 10 }
    return "median \(sorted[sorted.count / 2]) ms, p95 \(sorted[sorted.count * 95 / 100]) ms of \(sorted.count)"
  }
}
