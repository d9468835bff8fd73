import Foundation
package import StrictJSON
package import TestSupport

/// A device that is signed in.
package struct Machine: Sendable {
  package let id: String
  package let account: String
  package let token: String
  let secret: String

  /// - Parameter auth: a process of the function that lets devices in.
  package static func enrol(_ auth: FunctionProcess) throws -> Machine {
    let (id, secret) = (newID(), Base64URL.newSecret())
    let event = Event("POST", "/anonymous", body: ["device": device(id), "secret": .string(secret)])
    let machine = try Machine(id, secret, auth.answer(event))
    // Its person shares single sessions.
    let choice: JSON = ["subject": "detail", "choice": "sessions", "textVersion": "1"]
    let answer = try auth.answer(Event("POST", "/consents", token: machine.token, body: choice))
    guard answer.status == 200 else { throw Refused(answer: answer) }
    return machine
  }

  /// Another device of the same account.
  package func paired(_ auth: FunctionProcess) throws -> Machine {
    let code = try auth.answer(Event("POST", "/pairing", token: token))
    guard let text = code.body["code"]?.string else { throw Refused(answer: code) }
    let (id, secret) = (Machine.newID(), Base64URL.newSecret())
    let body: JSON = ["code": .string(text), "device": Machine.device(id), "secret": .string(secret)]
    return try Machine(id, secret, auth.answer(Event("POST", "/pairing/redeem", body: body)))
  }

  package func sync(_ body: JSON) -> Event { Event("POST", "", token: token, body: body) }

  package func push(_ practices: [Practice]) -> Event {
    sync(["detail": "sessions", "push": ["sessions": .array(practices.map(\.json))]])
  }

  private init(_ id: String, _ secret: String, _ answer: Answer) throws {
    guard answer.status == 201, let account = answer.body["account"]?.string,
      let token = answer.body["accessToken"]?.string
    else { throw Refused(answer: answer) }
    (self.id, self.secret, self.account, self.token) = (id, secret, account, token)
  }

  private static func device(_ id: String) -> JSON {
    ["id": .string(id), "name": "machine", "timeZone": "Europe/Berlin"]
  }
  private static func newID() -> String { UUID().uuidString.lowercased() }
}

package struct Refused: Error, CustomStringConvertible {
  let answer: Answer
  package var description: String { "unexpected answer: \(answer.line.prefix(1000))" }
}

/// A session as its device states it; whole numbers only, so that anybody prints it alike.
package struct Practice: Sendable, Hashable {
  package let id: String
  let startedMs, activeMs, cycles, bonus: Int64

  /// Five minutes or less, some day of 2025; the clock was set back now and then.
  package static func any(_ number: Int, _ random: inout Seeded) -> Practice {
    Practice(
      id: "sess-\(number)", startedMs: 1_735_700_000_000 + random.number(0...31_000_000_000),
      activeMs: random.number(-1000...300_000), cycles: random.number(-2...40), bonus: random.number(0...5))
  }

  var endedMs: Int64 { startedMs + 300_000 }

  var json: JSON {
    [
      "id": .string(id), "startedAt": .string(stamp(startedMs)), "endedAt": .string(stamp(endedMs)),
      "activeMs": .integer(activeMs), "cycles": .integer(cycles), "goalBonusXP": .integer(bonus),
    ]
  }

  /// The milliseconds are put there by hand: a `Date` is a binary fraction, and its format cuts.
  private func stamp(_ ms: Int64) -> String {
    let seconds = Date(timeIntervalSince1970: Double(ms / 1000)).formatted(.iso8601)
    let digits = String(ms % 1000)
    return seconds.dropLast() + "." + String(repeating: "0", count: 3 - digits.count) + digits + "Z"
  }

  /// As `Audit.stored` prints the row it must have become.
  package func row(of machine: Machine) -> String {
    "\(machine.account)|\(machine.id)|\(id)|\(startedMs)|\(endedMs)|\(activeMs)|\(cycles)|\(bonus)"
  }
}
