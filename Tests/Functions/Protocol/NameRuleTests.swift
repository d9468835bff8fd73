import Foundation
import FunctionRuntime
import Postgres
import StrictJSON
import Testing

/// Names wherever they come in and go out: what a stranger is called is shown to whoever decides about them.
@Suite struct NameRuleTests {
  static let bad = [
    "VS Code \u{202E} puorg ruoy", "a\u{1B}[2J\nb", "a\u{2066}b", "a\u{200B}b", "a\u{FEFF}b", "a\u{2028}b", "\u{9B}2J",
  ]

  @Test(arguments: bad) func `nobody is let in, renamed or shown under a name that turns the text around it`(
    name: String
  )
    throws
  {
    let device = try Device()
    let presented: JSON = ["id": .string(Device.newID()), "name": .string(name)]
    let secret = JSON.string(Device.newSecret())
    let enrolment: JSON = ["device": presented, "secret": secret]
    func with(_ more: JSON) -> JSON {
      .object(JSONObject((enrolment.object?.members ?? []) + (more.object?.members ?? [])))
    }
    let refused = try [
      Fleet.call(.auth, Event("POST", "/anonymous", json: enrolment)),
      Fleet.call(
        .auth, Event("POST", "/login", json: with(["email": "a@example.org", "password": "tidal breathing"]))),
      Fleet.call(.auth, Event("POST", "/pairing/redeem", json: with(["code": .string(try device.pairingCode())]))),
      device.call(.auth, "PATCH", "/devices/\(device.id)", json: ["name": .string(name)]),
      device.call(.auth, "POST", "/keys", json: ["name": .string(name), "scopes": ["sync"]]),
      device.call(.stats, "POST", "/shares", json: ["content": ["level"], "name": .string(name)]),
      device.call(.auth, "PATCH", "/account", json: ["alias": .string(name)]),
    ]
    for reply in refused { #expect(reply.outcome == "422 invalid_content", "\(reply.line)") }
    for parameter in ["client_id", "device_name"] {
      let asked = try Fleet.call(.auth, Event("POST", "/device", json: [parameter: .string(name)]))
      #expect(asked.outcome == "400 invalid_request", "\(asked.line)")
    }
  }

  @Test(arguments: ["👩\u{200D}💻 desk", "ශ්\u{200D}රී", "Ana's laptop"])
  func `what people call their machines is a name`(name: String) throws {
    let device = try Device(name: name)
    #expect(try device.call(.auth, "GET", "/devices")["devices.0.name"] == .string(name))
  }

  @Test(arguments: bad + ["", String(repeating: "x", count: 65)])
  func `a name that cannot be taken keeps no practice out of a sync`(name: String) throws {
    let device = try Device()
    let body = Practice.push(Practice.sessions(["a"]), ["device": ["name": .string(name)]])
    let reply = try device.sync(body)
    #expect(reply["accepted.stored"] == 1 && reply["accepted.rejected"] == 0)
    #expect(reply["notices.0.pointer"] == "/device/name" && reply["notices.0.code"] == "invalid_name")
    #expect(try device.call(.auth, "GET", "/devices")["devices.0.name"] == "laptop")
    let wrongType = try device.sync(Practice.push(Practice.sessions(["a", "b"]), ["device": ["name": 5]]))
    #expect(wrongType["accepted.stored"] == 1 && wrongType["notices.0.code"] == "invalid_name")
  }

  @Test func `a device that is known by such a name is made known all the same, with its practice`() throws {
    let device = try Device()
    let other = Device.newID()
    var sessions = Practice.sessions(["a"]).array?[0].object ?? JSONObject()
    sessions["device"] = .string(other)
    let body: JSON = [
      "detail": "sessions",
      "push": [
        "devices": [["id": .string(other), "name": "old\u{1B}[2J \u{202E}one"]], "sessions": [.object(sessions)],
      ],
    ]
    let reply = try device.sync(body)
    #expect(reply["accepted.stored"] == 1 && reply["notices.0.pointer"] == "/push/devices/0/name")
    #expect(try device.sync([:])["changes.devices.0.name"] == "old [2J one")
  }

  @Test func `names that are stored already are cleaned on their way out`() throws {
    let device = try Device()
    let second = try device.paired()
    _ = try device.sync(Practice.push(Practice.sessions(["a"])))
    let key = try device.makeKey("sync").text("id")
    let share = try device.makeShare(#"{"content": ["level"], "name": "Ana"}"#).text("id")
    let grant = try DeviceGrantTests.Asked(["client_id": "vscode"])
    let (account, bad) = (try device.accountID, "x\u{1B}[2J\u{202E}y\u{2028}z")
    _ = try Superuser.rows("UPDATE breath.devices SET name = \(bad) WHERE account_id = \(account)")
    _ = try Superuser.rows("UPDATE breath.shares SET name = \(bad) WHERE account_id = \(account)")
    _ = try Superuser.rows("UPDATE breath.accounts SET alias = \(bad) WHERE account_id = \(account)")
    _ = try Superuser.rows(
      """
      UPDATE breath.device_grants SET name = \(bad), client = \(bad)
      WHERE device_id = \(UUID(uuidString: grant.device) ?? UUID())
      """)
    let shown = try [
      device.call(.auth, "GET", "/devices"), device.call(.auth, "GET", "/keys"), device.call(.auth, "GET", "/account"),
      device.call(.auth, "POST", "/device/preview", json: ["userCode": .string(grant.userCode)]),
      second.sync([:]), device.call(.sync, "GET", "/export"), device.stats("export.csv", query: "of=sessions"),
      device.stats("export.json", query: "of=sessions"), device.stats("shares"),
      Fleet.call(.stats, Event("GET", "/shares/\(share)/card.svg")),
    ]
    for reply in shown {
      #expect(reply.status == 200, "\(reply.line)")
      for scalar in reply.line.unicodeScalars.filter({ $0.properties.generalCategory == .format }) {
        Issue.record("U+\(String(scalar.value, radix: 16)) in \(reply.line)")
      }
      #expect(!reply.line.contains("\\u001") && !reply.line.contains("\u{2028}"), "\(reply.line)")
    }
    #expect(try shown[0].items("devices").allSatisfy { $0["name"] == "x [2Jy z" })
    #expect(shown[3]["client"] == "x [2Jy z" && shown[3]["device.name"] == "x [2Jy z")
    #expect(try !key.isEmpty && shown[4].items("changes.devices").allSatisfy { $0["name"] == "x [2Jy z" })
  }
}
