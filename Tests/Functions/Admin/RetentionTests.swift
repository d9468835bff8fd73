import Foundation
import FunctionRuntime
import Postgres
import StrictJSON
import TestSupport
import Testing

/// Accounts nobody uses (docs/identity.md): one that its owner can still sign in to is not erased unasked. In a database of
/// its own, because maintenance works on everything there is.
@Suite struct RetentionTests {
  private let database: ScratchDatabase
  private let auth: Executable

  init() throws {
    database = try ScratchDatabase()
    auth = try database.executable(.auth)
  }

  private func nightly() throws -> (asked: Int64, erased: Int64) {
    let worker = try database.executable(.worker)
    try worker.send(#"{"task":"nightly"}"# + "\n")
    let reply = try JSON(parsing: #require(try worker.line()), limits: .trusted)
    return (
      try #require(reply["asked"]?.integer, "\(reply.text)"),
      try #require(reply["removed"]?["unseenAccounts"]?.integer)
    )
  }

  /// As if so many days had passed, for everything.
  private func wait(days: Int32) throws {
    _ = try database.connect().pipeline([
      "UPDATE breath.accounts SET last_seen_on = last_seen_on - \(days)",
      """
      UPDATE breath.outbox SET created_at = created_at - \(days) * interval '1 day',
        expires_at = expires_at - \(days) * interval '1 day', sent_at = sent_at - \(days) * interval '1 day'
      """,
      "UPDATE breath.api_keys SET last_used_on = last_used_on - \(days)",
    ])
  }

  /// As `breath outbox` does, with what is due.
  private func sendMails() throws -> [String] {
    let connection = try database.connect()
    return try connection.rows("SELECT account_id, mail_id, kind FROM breath.take_mails(100)").map { row in
      let (account, mail): (UUID, UUID) = (try row["account_id"], try row["mail_id"])
      _ = try connection.rows("SELECT breath.note_mail_sent(\(account), \(mail))")
      return try row["kind"]
    }
  }

  private func exists(_ device: Device) throws -> Bool {
    let id = try device.accountID
    return try !database.connect().rows("SELECT FROM breath.accounts WHERE account_id = \(id)").isEmpty
  }

  @Test func `an anonymous account goes after two years, one with an address is asked twice and then goes`() throws {
    let anonymous = try ScratchPerson.device(auth)
    let person = try ScratchPerson(database, auth)
    try wait(days: 690)
    #expect(try nightly() == (0, 0))
    try wait(days: 15)  // 23 months and some days
    #expect(try nightly() == (1, 0))
    #expect(try nightly() == (0, 0), "once")
    #expect(try sendMails() == ["erasure_in_a_month"])
    try wait(days: 28)  // two years, but a week's notice is still due
    #expect(try nightly().asked == 1)
    #expect(try !exists(anonymous) && exists(person.device))
    #expect(try sendMails() == ["erasure_in_a_week"])
    try wait(days: 6)
    #expect(try nightly() == (0, 0))
    try wait(days: 2)
    #expect(try nightly() == (0, 1))
    #expect(try !exists(person.device))
    let login = try auth.answer(Person.login(person.email, person.password))
    #expect(login.outcome == "401 wrong_credentials")
  }

  @Test func `mails that did not go out ask nobody, and nothing is erased`() throws {
    let person = try ScratchPerson(database, auth)
    try wait(days: 710)
    #expect(try nightly() == (1, 0))
    for _ in 0..<6 {
      try wait(days: 30)
      #expect(try nightly().erased == 0)
    }
    #expect(try exists(person.device))
  }

  @Test(arguments: ["password", "secret", "refresh", "token", "key"])
  func `whoever comes back keeps the account, and is not told again`(way: String) throws {
    let person = try ScratchPerson(database, auth)
    let body: JSON = ["name": "x", "scopes": ["sync"], "days": 700, "secret": .string(person.device.secret)]
    let key = try auth.answer(Event("POST", "/keys", token: person.device.accessToken, json: body)).text("key")
    try wait(days: 705)
    #expect(try nightly() == (1, 0))
    #expect(try sendMails() == ["erasure_in_a_month"])
    try wait(days: 40)
    #expect(try nightly() == (1, 0))
    #expect(try comeBack(person, by: way, key: key) == "200")
    #expect(try sendMails() == [], "what still waited would be untrue")
    try wait(days: 20)
    #expect(try nightly() == (0, 0) && exists(person.device))
  }

  private func comeBack(_ person: ScratchPerson, by way: String, key: String) throws -> String {
    let device = person.device
    switch way {
    case "password": return try auth.answer(Person.login(person.email, person.password)).outcome
    case "secret": return try auth.answer(Device.enrolment(id: device.id, secret: device.secret)).outcome
    case "refresh":
      _ = try database.connect().rows("UPDATE breath.refresh_sessions SET rotated_at = now() - interval '2 minutes'")
      return try auth.answer(Device.refresh(device.refreshToken)).outcome
    case "token": return try database.executable(.stats).answer(device.event("GET", "/summary")).outcome
    default: return try database.executable(.sync).answer(Event("POST", "", token: key, json: [:])).outcome
    }
  }

  @Test func `an administrator's account, and one that a provider alone signs in to, are not touched`() throws {
    let (admin, gitHub) = (try ScratchPerson(database, auth), try ScratchPerson.device(auth))
    let (adminID, gitHubID) = (try admin.device.accountID, try gitHub.accountID)
    _ = try database.connect().pipeline([
      "INSERT INTO breath.admins (account_id) VALUES (\(adminID))",
      "INSERT INTO breath.identities (issuer, subject, account_id) VALUES ('https://github.com', 'u1', \(gitHubID))",
    ])
    for _ in 0..<4 {
      try wait(days: 400)
      #expect(try nightly() == (0, 0))
      #expect(try sendMails() == [])
    }
    #expect(try exists(admin.device) && exists(gitHub))
  }

  @Test func `a day's first call writes that the account is in use, the others do not`() throws {
    let device = try ScratchPerson.device(auth)
    let stats = try database.executable(.stats)
    try wait(days: 3)
    let id = try device.accountID
    func seen() throws -> String {
      try #require(
        database.connect().rows(
          "SELECT last_seen_on = current_date AS is_today, xmin::text AS version FROM breath.accounts WHERE account_id = \(id)"
        ).first.map { row in "\(try row["is_today"] as Bool) \(try row["version"] as String)" })
    }
    #expect(try stats.answer(device.event("GET", "/summary")).status == 200)
    let first = try seen()
    #expect(first.hasPrefix("true"))
    #expect(try stats.answer(device.event("GET", "/summary")).status == 200)
    #expect(try seen() == first)
  }
}
