import Foundation
import FunctionRuntime
import Postgres
import StrictJSON
import TestSupport
import Testing

/// `POST /v1/auth/register` and `/register/confirm`: an account gains a login and loses nothing.
@Suite struct RegistrationTests {
  private let password = "tidal breathing"

  @Test func `an account gains a login, keeps its practice, and another machine finds it`() throws {
    let device = try Device()
    let email = Person.newEmail()
    _ = try device.sync(Practice.push([Practice.session("before")]))
    let before = try device.state()
    #expect(try device.register(email, password).status == 202)
    #expect(try device.call(.auth, "GET", "/account")["hasEmail"] == false, "not before it is confirmed")
    #expect(try Fleet.call(.auth, Person.login(email, password)).outcome == "401 wrong_credentials")

    let mail = try Mail.last(of: device.accountID)
    #expect(mail.kind == "confirm_address" && mail.to == email)
    #expect(try device.confirm(try #require(mail.token)).status == 200)
    let since = /"login_since": "[^"]+"/
    let after = try device.state()
    #expect(after.contains(since) && after.replacing(since, with: #""login_since": null"#) == before)
    #expect(try device.call(.auth, "GET", "/account")["hasEmail"] == true)

    let (id, secret) = (Device.newID(), Device.newSecret())
    let reply = try Fleet.call(.auth, Person.login(email.lowercased(), password, id: id, secret: secret))
    #expect(reply.status == 200 && reply["account"] == .string(device.account) && reply["device"] == .string(id))
    let second = try Device(id: id, secret: secret, reply)
    #expect(try second.sync([:]).items("changes.sessions").compactMap { $0["id"]?.string } == ["before"])
  }

  @Test func `the answer does not tell whether an address is taken; only its mailbox does`() throws {
    let owner = try Person()
    let (stranger, other) = (try Device(), try Device())
    let before = try Superuser.state(of: owner.device.account)
    let taken = try stranger.register(owner.email, password)
    let free = try other.register(Person.newEmail(), password)
    #expect(taken.status == 202 && taken.comparable == free.comparable)
    let mail = try Mail.last(of: stranger.accountID)
    #expect(mail.kind == "address_taken" && mail.token == nil && mail.to == owner.email)
    #expect(try Superuser.state(of: owner.device.account) == before)
    #expect(try owner.login().status == 200)
  }

  @Test func `a token works for the account that asked for it, and for no other`() throws {
    let (device, stranger) = (try Device(), try Device())
    _ = try device.register(Person.newEmail(), password)
    let token = try device.mailedToken()
    #expect(try stranger.confirm(token).outcome == "404 token_invalid")
    #expect(try Fleet.call(.auth, Event("POST", "/register/confirm", json: ["token": .string(token)])).status == 401)
    #expect(try device.confirm(" \(token)\n").status == 200)
    #expect(try device.confirm(token).status == 200, "its reply may have been lost")
  }

  @Test func `a token is good for twenty minutes, and a later one takes its place`() throws {
    let device = try Device()
    _ = try device.register(Person.newEmail(), password)
    let first = try device.mailedToken()
    _ = try device.register(Person.newEmail(), password)
    let second = try device.mailedToken()
    #expect(try device.confirm(first).outcome == "404 token_invalid")
    let id = try device.accountID
    let seconds: Double = try #require(
      Superuser.rows(
        """
        SELECT extract(epoch FROM expires_at - now())::float8 AS seconds
        FROM breath.email_claims WHERE account_id = \(id)
        """
      ).first)["seconds"]
    #expect((1100...1200).contains(seconds))
    _ = try Superuser.rows("UPDATE breath.email_claims SET expires_at = now() WHERE account_id = \(id)")
    #expect(try device.confirm(second).outcome == "404 token_invalid")
    for nonsense in ["x", "", String(repeating: "A", count: 86)] {
      #expect(try [404, 422].contains(device.confirm(nonsense).status))
    }
  }

  @Test func `of two accounts that claim one address the first to prove it gets it`() throws {
    let (first, second) = (try Device(), try Device())
    let email = Person.newEmail()
    _ = try first.register(email, password)
    _ = try second.register(email.uppercased(), password)
    #expect(try second.confirm(second.mailedToken()).status == 200)
    #expect(try first.confirm(first.mailedToken()).outcome == "409 address_taken")
    #expect(try first.call(.auth, "GET", "/account")["hasEmail"] == false)
  }

  @Test func `an account has one login`() throws {
    let person = try Person()
    #expect(try person.device.register(Person.newEmail(), password).outcome == "409 login_exists")
  }

  @Test(
    arguments: [
      "", "x", "@example.org", "a@", "a@b", "a b@example.org", "a@@example.org", ".a@example.org", "a..b@example.org",
      "a@example..org", "a@-example.org", "a@exa_mple.org", "a@example.org\r\nBcc: b@example.org", "ä@example.org",
      "\u{212A}@example.org", "a@example.org.", "\"a\"@example.org", "a@[192.0.2.1]",
      String(repeating: "a", count: 65) + "@example.org",
    ])
  func `what is no address is wrong content`(email: String) throws {
    let reply = try Device().register(email, password)
    #expect(reply.outcome == "422 invalid_content" && reply["errors.0.pointer"] == "/email")
  }

  @Test(
    arguments: [
      ("short", "out_of_range"), (String(repeating: "x", count: 257), "out_of_range"), ("password", "common_password"),
      ("PassWord", "common_password"), ("1234567890", "common_password"), ("qwertyuiop", "common_password"),
      ("SOMEBODY@example.org", "common_password"),
    ])
  func `a password that anybody would try is refused`(password: String, code: String) throws {
    let reply = try Device().register("somebody@example.org", password)
    #expect(reply.outcome == "422 invalid_content" && reply["errors.0.pointer"] == "/password")
    #expect(reply["errors.0.code"] == .string(code))
  }

  @Test(arguments: ["🫁🫁🫁🫁🫁🫁🫁🫁", String(repeating: "ü", count: 256), "        ."])
  func `any other text of eight to 256 code points is a password`(password: String) throws {
    let person = try Person(password: password)
    #expect(try person.login().status == 200)
    #expect(try person.login(password: "\(password.dropLast())x").outcome == "401 wrong_credentials")
  }

  /// In plain text, and as the bytes of a column.
  @Test func `nothing that names a person is stored in the clear, nor logged`() throws {
    let person = try Person()
    let auth = try Executable(.auth)
    _ = try auth.answer(Person.login(person.email, person.password))
    _ = try auth.answer(Person.login(person.email, "wrong \(person.password)"))
    let tables = try Superuser.rows(
      "SELECT relname::text AS name FROM pg_class WHERE relnamespace = 'breath'::regnamespace AND relkind = 'r'")
    for secret in [person.email, person.password].map({ $0.lowercased() }) {
      #expect(!auth.log().lowercased().contains(secret))
      let hex = secret.utf8.map { String(format: "%02x", $0) }.joined()
      for row in tables {
        let name: String = try row["name"]
        let found = try Superuser.count(
          """
          SELECT (xpath('/row/c/text()', query_to_xml(format(
            'SELECT count(*) AS c FROM breath.%I t WHERE lower(t::text) LIKE %L OR lower(t::text) LIKE %L',
            \(name), '%' || \(secret) || '%', '%' || \(hex) || '%'), false, true, '')))[1]::text::bigint AS count
          """)
        #expect(found == 0, "\(name)")
      }
    }
  }
}
