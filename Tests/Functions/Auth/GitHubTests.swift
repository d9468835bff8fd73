import Foundation
import FunctionRuntime
import Postgres
import StrictJSON
import TestSupport
import Testing

/// Sign-in with GitHub, against a stand-in that speaks its endpoints (Tests/Clients/OAuth/github.py).
@Suite struct GitHubTests {
  /// One for all tests: it keeps no state that one test could see of another.
  private static let standIn = Result { try GitHubStandIn() }

  private static func gitHub() throws -> GitHubStandIn { try standIn.get() }

  private struct Person {
    let id: String, secret: String
    /// As GitHub numbers people.
    let user: String

    init(_ device: Device? = nil, user: String = "u\(Int.random(in: 1000...Int.max / 2))") {
      (id, secret) = (device?.id ?? Device.newID(), device?.secret ?? Device.newSecret())
      self.user = user
    }

    var enrolment: [(key: String, value: JSON)] {
      [
        ("device", ["id": .string(id), "name": "laptop", "timeZone": "UTC"]), ("secret", .string(secret)),
      ]
    }
  }

  private func call(_ path: String, _ person: Person, _ more: [(key: String, value: JSON)]) throws -> Reply {
    try Fleet.call(
      .auth, Event("POST", path, json: .object(JSONObject(person.enrolment + more))),
      in: GitHubTests.gitHub().environment)
  }

  private func begin(_ person: Person, merge: Bool? = nil) throws -> Reply {
    try call(
      "/github", person,
      [("redirectUri", .string(GitHubStandIn.redirectURI))] + (merge.map { [("merge", .bool($0))] } ?? []))
  }

  /// What the person's browser brings back: code and state.
  private func visit(_ begun: Reply, as person: Person) throws -> [String: String] {
    try GitHubStandIn.visit(try begun.text("authorizeUrl") + "&login=\(person.user)")
  }

  private func complete(_ person: Person, _ brought: [String: String]) throws -> Reply {
    try call(
      "/github/callback", person,
      [("code", .string(brought["code"] ?? "none")), ("state", .string(brought["state"] ?? "none"))])
  }

  private func signIn(_ person: Person, merge: Bool? = nil) throws -> Reply {
    try complete(person, visit(begin(person, merge: merge), as: person))
  }

  @Test func `a new person gets an account, and the same one on another machine`() throws {
    let person = Person()
    let first = try signIn(person)
    #expect(first.status == 201 && first["access_token"] == first["accessToken"], "\(first.line)")
    let device = try Device(id: person.id, secret: person.secret, first)
    try device.choose("sessions")
    _ = try device.sync(Practice.push(Practice.sessions(["a"])))
    let elsewhere = Person(user: person.user)
    let second = try signIn(elsewhere)
    #expect(second.status == 200 && second["account"] == .string(device.account))
    let other = try Device(id: elsewhere.id, secret: elsewhere.secret, second)
    #expect(try other.sync([:]).items("changes.sessions").count == 1)
    #expect(try signIn(person)["account"] == .string(device.account), "and once more on the first")
  }

  @Test func `an anonymous account gains the sign-in and keeps its data`() throws {
    let device = try Device()
    _ = try device.sync(Practice.push(Practice.sessions(["a"])))
    let reply = try signIn(Person(device))
    #expect(reply.status == 200 && reply["account"] == .string(device.account))
    #expect(try Device(id: device.id, secret: device.secret, reply).sync([:])["progress.sessions"] == 1)
    let another = try signIn(Person(device))
    #expect(another.outcome == "409 other_identity", "one GitHub account an account")
  }

  @Test func `an anonymous account is merged into the person's own, when that is asked for`() throws {
    let person = Person()
    let first = try signIn(person)
    let (device, account) = (try Device(), try first.text("account"))
    _ = try device.sync(Practice.push(Practice.sessions(["a"])))
    let same = Person(device, user: person.user)
    #expect(try signIn(same).outcome == "409 identity_has_account")
    #expect(try device.sync([:]).status == 200, "nothing happened")
    let merged = try signIn(same, merge: true)
    #expect(merged.status == 200 && merged["account"] == .string(account))
    #expect(try Device(id: device.id, secret: device.secret, merged).sync([:])["progress.sessions"] == 1)
    try expectSound(device)
  }

  @Test func `an account with a sign-in of its own is merged into no other`() throws {
    let (person, other) = (Person(), Person())
    _ = try signIn(person)
    _ = try signIn(other)
    let wrong = Person(user: other.user)
    let device = try Device(id: person.id, secret: person.secret, signIn(person))
    #expect(try signIn(Person(device, user: wrong.user), merge: true).outcome == "409 account_has_login")
    let host = try Device()
    #expect(try device.redeem(host.pairingCode()).outcome == "409 account_has_login")
    #expect(try device.redeem(host.pairingCode(), dryRun: true).outcome == "409 account_has_login")
    #expect(try host.redeem(device.pairingCode()).status == 201, "the other way round it is")
  }

  @Test func `a state works once, for the device that began, and no other`() throws {
    let (person, thief) = (Person(), Person())
    let brought = try visit(begin(person), as: person)
    #expect(try complete(thief, brought).outcome == "400 sign_in_invalid")
    #expect(try complete(Person(user: person.user), brought).outcome == "400 sign_in_invalid")
    #expect(try complete(person, brought).status == 201)
    #expect(try complete(person, brought).outcome == "400 sign_in_invalid")
    let late = try visit(begin(person), as: person)
    _ = try Superuser.rows(
      "UPDATE breath.sign_ins SET expires_at = now() WHERE device_id = \(UUID(uuidString: person.id) ?? UUID())")
    #expect(try complete(person, late).outcome == "400 sign_in_invalid")
  }

  @Test func `a code that belongs to another sign-in is refused, by PKCE`() throws {
    let person = Person()
    let (mine, foreign) = (try visit(begin(person), as: person), try visit(begin(Person()), as: Person()))
    let mixed = ["code": foreign["code"] ?? "", "state": mine["state"] ?? ""]
    #expect(try complete(person, mixed).outcome == "400 sign_in_invalid")
  }

  @Test(arguments: [
    "https://app.example/other", "https://app.example/signed-in/", "https://app.example/signed-in?x=1",
    "https://evil.example/signed-in",
  ])
  func `a person is sent back to exactly the pages that are set up`(uri: String) throws {
    let reply = try call("/github", Person(), [("redirectUri", .string(uri))])
    #expect(reply.outcome == "422 invalid_content" && reply["errors.0.pointer"] == "/redirectUri")
  }

  @Test(arguments: ["down", "nobody"]) func `a provider that does not answer as it should lets nobody in`(user: String)
    throws
  {
    let person = Person(user: user)
    #expect(try signIn(person).outcome == "503 provider_unavailable")
    let rows = try Superuser.rows(
      "SELECT 1 FROM breath.device_credentials WHERE device_id = \(UUID(uuidString: person.id) ?? UUID())")
    #expect(rows.isEmpty)
  }

  @Test func `a provider that is away is a 503, and one that is not set up a 404`() throws {
    let person = Person()
    let begun = try begin(person)
    let brought = try visit(begun, as: person)
    var environment = try GitHubTests.gitHub().environment
    environment["BREATH_GITHUB_URL"] = "http://127.0.0.1:9"
    let away = Event(
      "POST", "/github/callback",
      json: .object(
        JSONObject(
          person.enrolment + [("code", .string(brought["code"] ?? "")), ("state", .string(brought["state"] ?? ""))])))
    #expect(try Executable(.auth, environment).answer(away).outcome == "503 provider_unavailable")
    for path in ["/github", "/github/callback"] {
      #expect(try Fleet.call(.auth, Event("POST", path, json: [:])).outcome == "404 not_set_up")
    }
    for insecure in ["http://github.example", "ftp://github.example"] {
      environment["BREATH_GITHUB_URL"] = insecure
      let reply = try Executable(.auth, environment).answer(Event("POST", "/github", json: [:]))
      #expect(reply.outcome == "503 not_configured", "secrets go over TLS")
    }
  }

  @Test func `a provider must prove who it is`() throws {
    let certificate = try GitHubStandIn.Certificate()
    let standIn = try GitHubStandIn(certificate)
    let trusted = ["SSL_CERT_FILE": certificate.path]
    for (environment, outcome) in [
      (standIn.environment.merging(trusted) { $1 }, "201"),
      (standIn.environment, "503 provider_unavailable"),
      (standIn.environment(host: "127.0.0.1").merging(trusted) { $1 }, "503 provider_unavailable"),
    ] {
      let process = try Executable(.auth, environment)
      let person = Person()
      func send(_ path: String, _ more: [(key: String, value: JSON)]) throws -> Reply {
        try process.answer(Event("POST", path, json: .object(JSONObject(person.enrolment + more))))
      }
      let begun = try send("/github", [("redirectUri", .string(GitHubStandIn.redirectURI))])
      let brought = try visit(begun, as: person)
      let reply = try send(
        "/github/callback", [("code", .string(brought["code"] ?? "")), ("state", .string(brought["state"] ?? ""))])
      #expect(reply.outcome == outcome, "\(reply.line)\(process.log())")
    }
  }

  @Test func `neither state, verifier nor GitHub's token is stored, and no e-mail address`() throws {
    let person = Person()
    let begun = try begin(person)
    let state = try begun.text("state")
    let before = try Superuser.text(
      "SELECT coalesce(string_agg(to_jsonb(s)::text, ' '), '') AS value FROM breath.sign_ins s")
    #expect(!before.contains(state) && before.contains(person.id))
    _ = try complete(person, visit(begun, as: person))
    let after = try Superuser.text("SELECT string_agg(to_jsonb(i)::text, ' ') AS value FROM breath.identities i")
    #expect(after.contains("\"\(person.user.dropFirst())\"") && !after.contains("@") && !after.contains("gho_"))
  }

  @Test func `of fifty callbacks with one state exactly one lets in`() throws {
    let environment = try GitHubTests.gitHub().environment
    let processes = try (0..<10).map { _ in try Executable(.auth, environment) }
    for round in 0..<RedeemRaceTests.rounds {
      let person = Person()
      let brought = try visit(begin(person), as: person)
      let event = Event(
        "POST", "/github/callback",
        json: .object(
          JSONObject(
            person.enrolment + [("code", .string(brought["code"] ?? "")), ("state", .string(brought["state"] ?? ""))])))
      for index in 0..<50 { try processes[index % 10].send(event.line) }
      let outcomes = try (0..<50).map { try processes[$0 % 10].reply().outcome }
      #expect(outcomes.count { $0 == "201" } == 1, "round \(round)")
      #expect(outcomes.count { $0 == "400 sign_in_invalid" } == 49, "round \(round)")
    }
  }

  @Test func `two machines of one new person at once end in one account`() throws {
    let environment = try GitHubTests.gitHub().environment
    for _ in 0..<RedeemRaceTests.rounds {
      let first = Person()
      let people = [first, Person(user: first.user)]
      let events = try people.map { person in
        let brought = try visit(begin(person), as: person)
        return Event(
          "POST", "/github/callback",
          json: .object(
            JSONObject(
              person.enrolment + [("code", .string(brought["code"] ?? "")), ("state", .string(brought["state"] ?? ""))])
          ))
      }
      let processes = try events.map { _ in try Executable(.auth, environment) }
      for (process, event) in zip(processes, events) { try process.send(event.line) }
      let replies = try processes.map { try $0.reply() }
      #expect(Set(replies.map(\.status)) == [200, 201] && replies[0]["account"] == replies[1]["account"])
    }
  }
}

/// The stand-in, as a process of its own, and a browser to visit it with.
final class GitHubStandIn: Sendable {
  static let redirectURI = "https://app.example/signed-in"
  private let process: Executable
  private let port: Int
  private let certificate: Certificate?

  /// - Parameter certificate: it speaks TLS with it.
  init(_ certificate: Certificate? = nil) throws {
    self.certificate = certificate
    process = try Executable(
      "python3",
      arguments: [Repository.url("Tests/Clients/OAuth/github.py").path]
        + (certificate.map { [$0.path, $0.keyPath] } ?? []),
      ["PATH": TestEnvironment.value("PATH")])
    port = try #require(try process.line().flatMap { Int($0) }, "\(process.log())")
  }

  /// For the name localhost, and its own authority.
  final class Certificate: Sendable {
    private let folder = FileManager.default.temporaryDirectory.appending(
      path: "breath-tls-\(UUID().uuidString.prefix(8))")
    var path: String { folder.appending(path: "certificate.pem").path }
    var keyPath: String { folder.appending(path: "key.pem").path }

    init() throws {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
      let openSSL = try Command(
        "openssl",
        [
          "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-noenc", "-days", "2", "-subj",
          "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-out", path, "-keyout", keyPath,
        ], environment: ["PATH": TestEnvironment.value("PATH")])
      try #require(openSSL.status == 0, "\(openSSL.notes)")
    }

    deinit { try? FileManager.default.removeItem(at: folder) }
  }

  var environment: [String: String] { environment(host: certificate == nil ? "127.0.0.1" : "localhost") }

  func environment(host: String) -> [String: String] {
    let url = "http\(certificate == nil ? "" : "s")://\(host):\(port)"
    return [
      "BREATH_GITHUB_URL": url, "BREATH_GITHUB_API_URL": url,
      "BREATH_GITHUB_CLIENT_ID": "breath-test-client", "BREATH_GITHUB_CLIENT_SECRET": "breath-test-secret",
      "BREATH_GITHUB_REDIRECT_URIS": "https://localhost/x, \(GitHubStandIn.redirectURI)",
    ]
  }

  /// What stands in the address that the person is sent back to.
  static func visit(_ url: String) throws -> [String: String] {
    let curl = try Command(
      "curl", ["-s", "-k", "-o", "/dev/null", "-w", "%{redirect_url}", url],
      environment: ["PATH": TestEnvironment.value("PATH")])
    let address = curl.output
    try #require(address.hasPrefix(redirectURI + "?"), "\(address)")
    let items = URLComponents(string: address)?.queryItems ?? []
    return Dictionary(uniqueKeysWithValues: items.map { ($0.name, $0.value ?? "") })
  }
}
