import Foundation
import FunctionRuntime
import Postgres
import StrictJSON
import TestSupport
import Testing

/// `breath outbox`: mails go out through a real SMTP server, at least once, and what they said is erased.
@Suite struct OutboxTests {
  /// A database of its own, because the tool sends whatever is due; an auth in front of it, and a mail server.
  private final class Scene {
    let database: ScratchDatabase
    let auth: Executable
    let server: Executable
    let port: String

    init() throws {
      database = try ScratchDatabase()
      auth = try Executable(.auth, ["DATABASE_URL": database.authURL, "DATABASE_POOLER": "none"])
      let script = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "smtp-server.py").path
      server = try Executable("/usr/bin/python3", arguments: [script], ["PATH": TestEnvironment.value("PATH")])
      port = try #require(try server.line(), "\(server.log())")
    }

    deinit { server.kill() }

    /// An account that asked for this address.
    func register(_ email: String) throws -> (token: String, id: UUID) {
      let secret = Device.newSecret()
      let reply = try auth.answer(Device.enrolment(id: Device.newID(), secret: secret))
      let token = try reply.text("accessToken")
      let body: JSON = ["email": .string(email), "password": "tidal breathing", "secret": .string(secret)]
      try #require(try auth.answer(Event("POST", "/register", token: token, json: body)).status == 202)
      return (token, try #require(UUID(uuidString: reply.text("account"))))
    }

    func send(from: String = "breath@example.org", key: String? = nil, port: String? = nil) throws -> Breath {
      try Breath(
        ["outbox", "--smtp", "smtp://127.0.0.1:\(port ?? self.port)", "--from", from],
        [
          "DATABASE_URL_AUTH": database.authURL, "BREATH_DATA_KEY": key ?? TestEnvironment.value("BREATH_DATA_KEY"),
        ])
    }

    func nextMail() throws -> JSON {
      try JSON(parsing: #require(try server.line(), "\(server.log())"), limits: .trusted)
    }

    /// Makes mails due that were tried.
    func waitForNextTry() throws { _ = try database.connect().rows("UPDATE breath.outbox SET next_attempt_at = now()") }

    func states() throws -> [String] {
      try database.connect().rows(
        """
        SELECT kind || CASE WHEN sent_at IS NULL THEN ' waits' ELSE ' sent' END
          || CASE WHEN payload IS NULL AND wrapped_key IS NULL THEN ', empty' ELSE '' END AS value
        FROM breath.outbox ORDER BY created_at
        """
      ).map { row in try row["value"] }
    }
  }

  private static func headers(_ mail: JSON) throws -> (headers: [String: String], body: String) {
    let data = try #require(mail["data"]?.string)
    let parts = try #require(data.range(of: "\r\n\r\n"))
    let lines = data[..<parts.lowerBound].components(separatedBy: "\r\n")
    let pairs = lines.map { line in
      line.split(separator: ":", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
    }
    return (Dictionary(pairs.map { ($0[0], $0[1]) }) { "\($0), \($1)" }, String(data[parts.upperBound...]))
  }

  private static func token(in body: String) throws -> String {
    String(try #require(body.firstMatch(of: /(?m)^[A-Za-z0-9_-]{86}\r?$/)?.0)).trimmingCharacters(
      in: .whitespacesAndNewlines)
  }

  @Test func `a mail arrives whole, its token confirms the address, and nothing of it stays`() throws {
    let scene = try Scene()
    let (access, _) = try scene.register("Gabriela.O'Neill+breath@mail.example.org")
    let run = try scene.send()
    #expect(run.status == 0 && run.output == "1 mail sent, 0 to be tried again.\n")
    let mail = try scene.nextMail()
    #expect(mail["from"] == "breath@example.org" && mail["to"] == ["Gabriela.O'Neill+breath@mail.example.org"])
    let (headers, body) = try OutboxTests.headers(mail)
    #expect(headers["From"] == "Breath Master <breath@example.org>")
    #expect(headers["To"] == "<Gabriela.O'Neill+breath@mail.example.org>")
    #expect(headers["Subject"] == "Confirm your address for Breath Master")
    #expect(headers["Message-ID"]?.wholeMatch(of: /<[0-9a-f-]{36}@example\.org>/) != nil)
    #expect(headers["Date"]?.wholeMatch(of: /[A-Z][a-z]{2}, \d{1,2} [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d \+0000/) != nil)
    #expect(headers["Auto-Submitted"] == "auto-generated")
    #expect(try scene.states() == ["confirm_address sent, empty"])

    let token: JSON = ["token": .string(try OutboxTests.token(in: body))]
    #expect(try scene.auth.answer(Event("POST", "/register/confirm", token: access, json: token)).status == 200)
    #expect(try scene.send().output == "0 mails sent, 0 to be tried again.\n")
  }

  @Test func `a reset goes to the address as its owner wrote it, and works`() throws {
    let scene = try Scene()
    let (access, _) = try scene.register("G.Oneill@Example.org")
    _ = try scene.send()
    let first: JSON = ["token": .string(try OutboxTests.token(in: OutboxTests.headers(scene.nextMail()).body))]
    #expect(try scene.auth.answer(Event("POST", "/register/confirm", token: access, json: first)).status == 200)
    _ = try scene.auth.answer(Event("POST", "/password/reset", json: ["email": "g.oneill@example.ORG"]))
    #expect(try scene.send().status == 0)
    let mail = try scene.nextMail()
    #expect(mail["to"] == ["G.Oneill@Example.org"])
    let token = try OutboxTests.token(in: OutboxTests.headers(mail).body)
    let body: JSON = ["token": .string(token), "password": "quiet harbour 7"]
    #expect(try scene.auth.answer(Event("POST", "/password/reset/confirm", json: body)).status == 204)
    #expect(try scene.send().status == 0)
    let notice = try OutboxTests.headers(scene.nextMail())
    #expect(notice.headers["Subject"] == "Your Breath Master password was changed")
    #expect(try scene.auth.answer(Person.login("g.oneill@example.org", "quiet harbour 7")).status == 200)
  }

  @Test func `what is put off or refused waits, and the rest goes out`() throws {
    let scene = try Scene()
    for email in ["later@example.org", "refused@example.org", "fine@example.org"] { _ = try scene.register(email) }
    let run = try scene.send()
    #expect(run.status == 69 && run.output.contains("1 mail sent, 2 to be tried again."))
    #expect(try scene.nextMail()["to"] == ["fine@example.org"])
    #expect(try scene.send().output == "0 mails sent, 0 to be tried again.\n", "not before a minute has passed")
    try scene.waitForNextTry()
    #expect(try scene.send().status == 69)
    #expect(try scene.nextMail()["to"] == ["later@example.org"])
    #expect(
      try scene.states() == ["confirm_address sent, empty", "confirm_address waits", "confirm_address sent, empty"])
  }

  @Test func `a mail whose answer was lost goes out again under the same Message-ID`() throws {
    let scene = try Scene()
    _ = try scene.register("lost@example.org")
    #expect(try scene.send().status == 69)
    let first = try OutboxTests.headers(scene.nextMail()).headers["Message-ID"]
    try scene.waitForNextTry()
    #expect(try scene.send().status == 0)
    let second = try OutboxTests.headers(scene.nextMail()).headers["Message-ID"]
    #expect(first != nil && first == second)
  }

  @Test func `without a server, or with another key, mails wait and nobody sees what they say`() throws {
    let scene = try Scene()
    _ = try scene.register("fine@example.org")
    let away = try scene.send(port: "9")
    #expect(away.status == 69 && !away.output.contains("fine@example.org"))
    try scene.waitForNextTry()
    #expect(try scene.send(key: String(repeating: "A", count: 43)).status == 69)
    try scene.waitForNextTry()
    #expect(try scene.send().status == 0)
    #expect(try scene.nextMail()["to"] == ["fine@example.org"])
  }

  @Test func `a mail that is of no use any more is not sent`() throws {
    let scene = try Scene()
    _ = try scene.register("fine@example.org")
    _ = try scene.database.connect().rows("UPDATE breath.outbox SET expires_at = now()")
    #expect(try scene.send().output == "0 mails sent, 0 to be tried again.\n")
  }

  @Test func `who is asked whether an account may be erased gets a mail that no key was needed for`() throws {
    let scene = try Scene()
    let (access, id) = try scene.register("g.oneill@example.org")
    _ = try scene.send()
    let token: JSON = ["token": .string(try OutboxTests.token(in: OutboxTests.headers(scene.nextMail()).body))]
    #expect(try scene.auth.answer(Event("POST", "/register/confirm", token: access, json: token)).status == 200)
    let database = try scene.database.connect()
    _ = try database.rows("UPDATE breath.accounts SET last_seen_on = last_seen_on - 710 WHERE account_id = \(id)")
    _ = try database.rows("SELECT breath.warn_unseen_accounts(10)")
    #expect(try scene.send().status == 0)
    let mail = try scene.nextMail()
    #expect(mail["to"] == ["g.oneill@example.org"])
    let (headers, body) = try OutboxTests.headers(mail)
    #expect(headers["Subject"] == "Your Breath Master account will be erased in a month")
    #expect(body.contains("sign in once"))
    #expect(try scene.states().contains("erasure_in_a_month sent, empty"))
  }

  @Test(
    arguments: [
      ["--smtp", "http://127.0.0.1", "--from", "a@example.org"], ["--smtp", "smtp://", "--from", "a@example.org"],
      ["--smtp", "smtp://x\" y", "--from", "a@example.org"], ["--from", "a@example.org"],
      ["--smtp", "smtp://127.0.0.1", "--from", "a@example.org\r\nBcc: b@example.org"],
    ])
  func `a wrong server or sender is refused before anything is sent`(options: [String]) throws {
    let run = try Breath(
      ["outbox"] + options, ["DATABASE_URL_AUTH": "postgresql://nowhere", "BREATH_DATA_KEY": "x"])
    #expect(run.status == 64, "\(run.output)")
  }
}
