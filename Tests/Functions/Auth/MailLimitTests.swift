import Foundation
import FunctionRuntime
import StrictJSON
import TestSupport
import Testing

/// Mails to people who may never have heard of us. In a database of its own: each of these registrations makes a password,
/// and what a password takes at the usual rate is more than the other tests' whole burst.
@Suite struct MailLimitTests {
  private let database: ScratchDatabase
  private let auth: Executable

  init() throws {
    database = try ScratchDatabase()
    auth = try database.executable(.auth, ["BREATH_RATE_LIMIT_FACTOR": "1"])
  }

  private func register(_ email: String, by device: Device? = nil, to other: Executable? = nil) throws -> Reply {
    let device = try device ?? ScratchPerson.device(auth)
    var event = device.event("POST", "/register", headers: ["content-type": "application/json"])
    let body: JSON = ["email": .string(email), "password": "calm sea 77", "secret": .string(device.secret)]
    event.body = body.text
    event.headers["x-forwarded-for"] = "network \(Device.newID())"
    return try (other ?? auth).answer(event)
  }

  private func expectRefused(_ reply: Reply, by limit: String, _ location: SourceLocation = #_sourceLocation) {
    #expect(reply.outcome == "429 too_many_requests", sourceLocation: location)
    #expect(reply.header("ratelimit")?.hasPrefix("\"\(limit)\";r=0") == true, "\(reply.line)", sourceLocation: location)
  }

  @Test func `a mailbox gets three mails an hour, whatever follows the plus`() throws {
    let name = Device.newID().prefix(13)
    for email in ["\(name)@Example.org", "\(name)+1@example.org", "\(name.uppercased())+a+b@example.ORG"] {
      #expect(try register(email).status == 202)
    }
    expectRefused(try register("\(name)+2@example.org"), by: "mail-address")
    var reset = Event("POST", "/password/reset", json: ["email": .string("\(name)+3@example.org")])
    reset.headers["x-forwarded-for"] = "network \(Device.newID())"
    expectRefused(try auth.answer(reset), by: "mail-address")
    #expect(try register("\(name)2@example.org").status == 202)
  }

  @Test func `dots count except where they mean nothing`() throws {
    let (a, b) = (Device.newID().prefix(8), Device.newID().prefix(8))
    for email in ["\(a).\(b)@gmail.com", "\(a)\(b)+x@gmail.com", "\(a)\(b)@googlemail.com"] {
      #expect(try register(email).status == 202)
    }
    expectRefused(try register("\(a.prefix(1)).\(a.dropFirst())\(b)@gmail.com"), by: "mail-address")
    for email in ["\(a).\(b)@example.com", "\(a)\(b)@example.com", "\(a).\(b).c@example.com", "\(a)\(b)c@example.com"] {
      #expect(try register(email).status == 202)
    }
  }

  @Test func `an account without a proven address asks for three mails a day`() throws {
    let device = try ScratchPerson.device(auth)
    for _ in 0..<3 { #expect(try register(Person.newEmail(), by: device).status == 202) }
    let refused = try register(Person.newEmail(), by: device)
    expectRefused(refused, by: "mail-account")
    #expect((7 * 3600...8 * 3600).contains(refused.header("retry-after").flatMap { Int($0) } ?? 0))
  }

  @Test func `a domain has a limit, of all its mailboxes together`() throws {
    let auth = try database.executable(.auth, ["BREATH_RATE_LIMIT_FACTOR": "0.34"])  // thirty at once become ten
    let domain = "d\(Device.newID().prefix(8)).example"
    for number in 0..<10 { #expect(try register("n\(number)@\(domain)", to: auth).status == 202) }
    expectRefused(try register("n10@\(domain)", to: auth), by: "mail-domain")
    #expect(try register("n10@other.\(domain)", to: auth).status == 202)
  }

  /// Two addresses of one mailbox are two logins: who has one is told nothing of the other.
  @Test func `an address is found as it is written`() throws {
    let person = try Person()
    let parts = person.email.split(separator: "@")
    #expect(
      try Fleet.call(.auth, Person.login("\(parts[0])+x@\(parts[1])", person.password)).outcome
        == "401 wrong_credentials")
  }
}
