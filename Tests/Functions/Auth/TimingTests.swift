import Foundation
import FunctionRuntime
import Postgres
import StrictJSON
import TestSupport
import Testing

/// Answers that must tell nothing take the same time whatever they hide. Tries of both kinds take turns, and their
/// medians are compared: what disturbs the machine disturbs both.
///
/// `BREATH_TIMING_TRIES=2000` tries so often, a tenth of that where each costs a hash, prints what it finds, and wants the
/// medians within 5 %, or means that Welch's test cannot tell apart; usually a few tries show what is plainly wrong, as a
/// hash that is made for one kind only, and then processor time is compared: hundreds of tests run beside these, and each
/// may stop one of the two for a while.
@Suite(.serialized) struct TimingTests {
  private static let wanted = ProcessInfo.processInfo.environment["BREATH_TIMING_TRIES"].flatMap { Int($0) }
  private static let tries = wanted ?? 101
  private static let hashedTries = wanted.map { max(20, $0 / 10) } ?? 7

  /// - Parameter one, other: the event of a try, made ready before time is taken.
  private func compare(
    _ name: String, tries: Int = tries, _ one: () throws -> Event, _ other: () throws -> Event,
    _ location: SourceLocation = #_sourceLocation
  ) throws {
    let auth = try Executable(.auth)
    func time(_ event: Event) throws -> (seconds: Double, outcome: String) {
      let (start, used) = (ContinuousClock.now, auth.processorTime)
      let reply = try auth.answer(event)
      let time = TimingTests.wanted == nil ? auth.processorTime - used : ContinuousClock.now - start
      return (time / .seconds(1), reply.outcome)
    }
    for _ in 0..<3 { for event in [try one(), try other()] { _ = try time(event) } }
    var times: (one: [Double], other: [Double]) = ([], [])
    for number in 0..<tries {
      // Who comes first changes, so that neither always finds what the other has warmed.
      let events = (try one(), try other())
      let first = try time(number % 2 == 0 ? events.0 : events.1)
      let second = try time(number % 2 == 0 ? events.1 : events.0)
      #expect(first.outcome == second.outcome, sourceLocation: location)
      times.one.append((number % 2 == 0 ? first : second).seconds)
      times.other.append((number % 2 == 0 ? second : first).seconds)
    }
    let medians = (times.one.sorted()[tries / 2], times.other.sorted()[tries / 2])
    let ratio = medians.1 / medians.0
    guard TimingTests.wanted == nil else {
      let t = Welch(times.one, times.other).t
      print(
        "timing: \(name): \(tries) tries each, medians",
        String(format: "%.3f and %.3f ms,", medians.0 * 1e3, medians.1 * 1e3),
        String(format: "ratio %.3f, t %.1f", ratio, t))
      #expect((0.95...1.05).contains(ratio) || abs(t) < 4.5, "\(name)", sourceLocation: location)
      return
    }
    #expect((tries < 100 ? 0.7...1.4 : 0.5...2).contains(ratio), "\(name): \(medians)", sourceLocation: location)
  }

  @Test func `an unknown address takes as long as a wrong password`() throws {
    let person = try Person()
    try compare("password, known and unknown address", tries: TimingTests.hashedTries) {
      try person.forgetAttempts()
      return Person.login(person.email, "wrong password")
    } _: {
      Person.login(Person.newEmail(), "wrong password")
    }
  }

  @Test func `a locked address takes as long as a wrong password`() throws {
    let (person, locked) = (try Person(), try Person())
    for _ in 0..<5 { _ = try locked.login(password: "wrong password") }
    try compare("password, wrong and locked", tries: TimingTests.hashedTries) {
      try person.forgetAttempts()
      return Person.login(person.email, "wrong password")
    } _: {
      try locked.lockForAnHour()
      return Person.login(locked.email, locked.password)
    }
  }

  @Test func `an unknown address takes as long as a wrong recovery code`() throws {
    let person = try Person()
    _ = try person.recoveryCodes()
    // One for all tries: the first try at an address makes a row for its limit, whoever has it.
    let (nobody, code) = (Person.newEmail(), "22222-22222-22222-22222")
    try compare("recovery code, known and unknown address") {
      Person.login(person.email, recoveryCode: code)
    } _: {
      Person.login(nobody, recoveryCode: code)
    }
  }

  @Test func `a machine of somebody else takes as long as one that is not there`() throws {
    let (device, foreign) = (try Device(), try Device())
    func rename(_ id: String) -> Event {
      Event("PATCH", "/devices/\(id)", token: device.accessToken, json: ["name": "mine"])
    }
    try compare("device, foreign and missing") {
      rename(foreign.id)
    } _: {
      rename(Device.newID())
    }
  }

  @Test func `a mailed token of a known address takes as long as one of an unknown`() throws {
    let person = try Person()
    let reset = try Fleet.call(.auth, Event("POST", "/password/reset", json: ["email": .string(person.email)]))
    try #require(reset.status == 202)
    // Address and secret, half of the text each: the right address, and another secret.
    let token = try Base64URL.bytes(try person.device.mailedToken())
    func event(_ address: Data) -> Event {
      let text = Base64URL.text(address + Data((0..<32).map { _ in UInt8.random(in: .min ... .max) }))
      return Event("POST", "/password/reset/confirm", json: ["token": .string(text), "password": "quiet harbour 7"])
    }
    try compare("mailed token, known and unknown address") {
      event(token.prefix(32))
    } _: {
      event(Data((0..<32).map { _ in UInt8.random(in: .min ... .max) }))
    }
  }
}

/// Whether two samples have one mean (Welch 1947), without the slowest tenth, which tells of the machine and not of what is
/// measured (dudect, Reparaz et al. 2017). Below 4.5 nothing is found.
private struct Welch {
  let t: Double

  init(_ one: [Double], _ other: [Double]) {
    let limit = (one + other).sorted()[(one.count + other.count) * 9 / 10]
    let samples = [one, other].map { $0.filter { $0 < limit } }
    let means = samples.map { $0.reduce(0, +) / Double($0.count) }
    let errors = zip(samples, means).map { sample, mean in
      sample.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(sample.count - 1) / Double(sample.count)
    }
    t = (means[1] - means[0]) / (errors[0] + errors[1]).squareRoot()
  }
}

extension Person {
  private func setAttempts(_ failures: Int32, locked: Double) throws {
    let id = try device.accountID
    _ = try Superuser.rows(
      """
      UPDATE breath.login_attempts SET failures = \(failures), locked_until = now() + \(locked) * interval '1 second'
      WHERE subject = (SELECT email_index FROM breath.login_addresses WHERE account_id = \(id))
      """)
  }

  /// One failure, long over, so that it never comes to a lock.
  fileprivate func forgetAttempts() throws { try setAttempts(1, locked: -1) }
  fileprivate func lockForAnHour() throws { try setAttempts(5, locked: 3600) }
}
