import FunctionRuntime
import StrictJSON
import TestSupport
import Testing

/// `POST /v1/auth/anonymous`: a device is let in, and found again after a lost reply.
@Suite struct EnrolmentTests {
  private let id = Device.newID()
  private let secret = Device.newSecret()

  @Test func `the first time makes an account, the second finds it again`() throws {
    let event = Device.enrolment(id: id, secret: secret)
    let first = try Fleet.call(.auth, event)
    let again = try Fleet.call(.auth, event)
    #expect(first.status == 201 && again.status == 200)
    #expect(first["account"] == again["account"] && first["device"] == .string(id))
    #expect(first["tokenType"] == "Bearer" && first["expiresIn"] == 900)
    for reply in [first, again] {
      let device = try Device(id: id, secret: secret, reply)
      #expect(try device.sync([:])["progress.totalXP"] == 0, "both tokens are good")
    }
  }

  @Test func `another secret is refused and changes nothing`() throws {
    let device = try Device()
    let before = try device.state()
    let reply = try Fleet.call(.auth, Device.enrolment(id: device.id, secret: Device.newSecret()))
    #expect(reply.outcome == "409 device_exists")
    #expect(try device.state() == before)
  }

  @Test func `one device that signs in from many windows at once gets one account`() throws {
    let processes = try (0..<4).map { _ in try Executable(.auth) }
    for process in processes { for _ in 0..<4 { try process.send(Device.enrolment(id: id, secret: secret).line) } }
    let replies = try processes.flatMap { process in try (0..<4).map { _ in try process.reply() } }
    #expect(replies.count { $0.status == 201 } == 1 && replies.count { $0.status == 200 } == 15)
    #expect(try Set(replies.map { try $0.text("account") }).count == 1)
  }

  @Test(
    arguments: [
      (["device": ["id": "not-a-uuid"], "secret": "x"], "/device/id"),
      (["secret": "x"], "/device"),
      (["device": ["id": "0198c2a0-0000-7000-8000-000000000001"]], "/secret"),
      (["device": ["id": "0198c2a0-0000-7000-8000-000000000001"], "secret": "short"], "/secret"),
      (["device": ["id": "0198c2a0-0000-7000-8000-000000000001", "name": ""], "secret": "x"], "/device/name"),
      (
        ["device": ["id": "0198c2a0-0000-7000-8000-000000000001", "timeZone": 120], "secret": "x"],
        "/device/timeZone"
      ),
      ([1, 2], ""),
    ] as [(JSON, String)])
  func `what is wrong is named by its place`(body: JSON, pointer: String) throws {
    let reply = try Fleet.call(.auth, Event("POST", "/anonymous", json: body))
    #expect(reply.outcome == "422 invalid_content" && reply["errors.0.pointer"] == .string(pointer))
  }

  @Test func `a name of a few emoji that are many code points is refused, not a failure of ours`() throws {
    let family = "👨‍👩‍👧‍👦"
    let enrol = { name in
      try Fleet.call(.auth, Device.enrolment(id: Device.newID(), secret: Device.newSecret(), name: name))
    }
    #expect(try enrol(String(repeating: family, count: 9)).status == 201)
    #expect(try enrol(String(repeating: family, count: 10)).outcome == "422 invalid_content")
  }

  @Test func `without name and zone there are defaults`() throws {
    let reply = try Fleet.call(
      .auth, Event("POST", "/anonymous", json: ["device": ["id": .string(id)], "secret": .string(secret)]))
    let other = try Device(id: id, secret: secret, reply).paired()
    let devices = try other.sync([:]).items("changes.devices")
    #expect(devices == [["id": .string(id), "name": "device", "timeZone": "UTC", "reset": .null, "revoked": false]])
  }
}
