import Foundation
import FunctionRuntime
import StrictJSON
import TestSupport
import Testing

/// Nothing of one caller reaches another: fifty accounts share a few warm processes, with errors of every kind and
/// kills in between, and whatever a caller says is marked as his.
@Suite struct LeakTests {
  private static let requests =
    ProcessInfo.processInfo.environment["BREATH_LEAK_REQUESTS"].flatMap(Int.init) ?? 3_000
  private static let accounts = 50

  @Test func `no answer has another caller's mark, and no log has any`() throws {
    var random = Seeded(50)
    let people = try (0..<LeakTests.accounts).map { try Marked($0, random.next()) }
    var processes = Dictionary(
      uniqueKeysWithValues: try [FunctionName.auth, .sync, .stats].map {
        ($0, [try Executable($0), try Executable($0)])
      })
    var logs: [String] = []
    var (kills, refusals, foreign) = (0, 0, 0)
    for number in 0..<LeakTests.requests {
      let person = random.pick(people)
      let (function, event) = person.request(number, &random)
      let slot = Int(random.number(0...1))
      let process = processes[function]![slot]
      try process.send(event.line)
      if random.number(0...199) == 0 {
        process.kill()
        logs.append(process.log())
        processes[function]![slot] = try Executable(function)
        kills += 1
        continue
      }
      let reply = try process.reply()
      if (reply.status ?? 500) >= 400 { refusals += 1 }
      let seen = Mark.owners(in: reply.line).filter { $0 != person.number }
      foreign += seen.count
      #expect(seen.isEmpty, "\(event.line) is answered \(reply.line)")
    }
    logs += processes.values.flatMap { $0 }.map { $0.log() }
    print(
      "leaks: \(LeakTests.requests) requests, \(refusals) refused, \(kills) kills, \(foreign) foreign marks, seed 50")
    #expect(foreign == 0)
    #expect(logs.allSatisfy { Mark.owners(in: $0).isEmpty })
    #expect(kills > 0 && refusals > LeakTests.requests / 20)
  }

  @Test func `a mark is found wherever it is`() {
    #expect(Mark.owners(in: "{\"a\":\"x\(Mark.text(7, 1))\",\"\(Mark.text(31, 2))\":1}") == [7, 31])
    #expect(Mark.owners(in: Mark.id(12, 5)) == [12])
    #expect(Mark.owners(in: "nothing") == [])
  }
}

/// A word or an id that tells whose it is.
private enum Mark {
  static func text(_ owner: Int, _ value: UInt64) -> String { "\(wordMark)\(hex(owner))-\(String(value, radix: 16))" }

  static func id(_ owner: Int, _ value: UInt64) -> String {
    let digits = String(repeating: "0", count: 12) + String(value, radix: 16)
    return "\(hex(owner))\(idMark)\(digits.suffix(12))"
  }

  private static func hex(_ owner: Int) -> String { (owner < 16 ? "0" : "") + String(owner, radix: 16) }

  /// Long enough that no digest or request id has it by chance.
  private static let idMark = "facade-0000-4000-8000-", wordMark = "mark-"

  static func owners(in text: String) -> [Int] {
    let bytes = Array(text.utf8)
    let words = bytes.ranges(of: Array(wordMark.utf8)).map { $0.upperBound }
    let ids = bytes.ranges(of: Array(idMark.utf8)).map { $0.lowerBound - 2 }
    return (words + ids).sorted().compactMap { place in
      guard place >= 0, place + 2 <= bytes.count else { return nil }
      return Int(String(decoding: bytes[place..<place + 2], as: UTF8.self), radix: 16)
    }
  }
}

/// An account, all of whose words are marked.
private struct Marked {
  let number: Int
  let device: Device

  init(_ number: Int, _ value: UInt64) throws {
    self.number = number
    let (id, secret) = (Mark.id(number, value), Device.newSecret())
    let reply = try Fleet.call(.auth, Device.enrolment(id: id, secret: secret, name: Mark.text(number, value)))
    try #require(reply.status == 201, "\(reply.line)")
    device = try Device(id: id, secret: secret, reply)
    try device.choose("sessions")
  }

  func request(_ serial: Int, _ random: inout Seeded) -> (FunctionName, Event) {
    let word = Mark.text(number, random.next())
    let setting: JSON = [
      "module": "display", "key": .string(word), "value": .string(word), "changedAt": "2026-01-01T00:00:00.000Z",
    ]
    let push = Practice.push(
      Practice.sessions([word]), ["push": ["sessions": Practice.sessions([word]), "settings": [setting]]])
    let events: [(FunctionName, Event)] = [
      (.sync, device.syncEvent(push)), (.sync, device.syncEvent(push)), (.sync, device.syncEvent([:])),
      (.sync, device.event("GET", "/export", query: "limit=20")),
      (.sync, device.event("GET", "/ledger", query: "limit=5")),
      (.stats, device.event("GET", "/summary")), (.stats, device.event("GET", "/days")),
      (.auth, device.event("GET", "/keys")), (.auth, device.event("POST", "/pairing")),
      // What fails, with what is his own in it.
      (.sync, device.syncEvent(["cursor": .string(word)])), (.sync, device.syncEvent(.string(word))),
      (.sync, device.event("GET", "/" + word)),
      (.sync, Event("POST", "", headers: ["authorization": "Bearer " + word], body: word)),
      (.stats, device.event("GET", "/days", query: "from=" + word)), (.stats, device.event("PATCH", "/summary")),
      (.auth, Event("POST", "/pairing/redeem", json: ["code": .string(word)])),
      (.auth, Device.refresh(word)), (.auth, Device.enrolment(id: device.id, secret: Device.newSecret(), name: word)),
    ]
    return random.pick(events)
  }
}
