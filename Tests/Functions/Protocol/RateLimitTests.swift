import Crypto
import FunctionRuntime
import Postgres
import StrictJSON
import TestSupport
import Testing

/// Bursts, refusals, and what the headers say of them.
@Suite struct RateLimitTests {
  /// Of 120 at once, 120 a minute: two, then one in half a minute. No test waits for it.
  private static let small = ["BREATH_RATE_LIMIT_FACTOR": "0.0167"]
  private static let burst = 2

  private func expectRefused(_ reply: Reply, _ location: SourceLocation = #_sourceLocation) {
    #expect(reply.outcome == "429 too_many_requests", sourceLocation: location)
    #expect((1...60).contains(reply.header("retry-after").flatMap { Int($0) } ?? 0), sourceLocation: location)
    #expect(reply.header("ratelimit")?.contains(";r=0;t=") == true, sourceLocation: location)
    #expect(reply.header("ratelimit-policy")?.contains(";q=") == true, sourceLocation: location)
  }

  @Test func `one call more than the burst is refused, and told when to come back`() throws {
    let device = try Device()
    let sync = try Executable(.sync, RateLimitTests.small)
    for left in (0..<RateLimitTests.burst).reversed() {
      let reply = try sync.answer(device.syncEvent([:]))
      #expect(reply.status == 200)
      #expect(reply.header("ratelimit")?.hasPrefix("\"device\";r=\(left);t=") == true)
      #expect(reply.header("ratelimit-policy")?.hasPrefix("\"device\";q=2;w=") == true)
    }
    for _ in 0..<3 { expectRefused(try sync.answer(device.syncEvent([:]))) }
    #expect(try sync.answer(Device().syncEvent([:])).status == 200, "another device has its own burst")
  }

  @Test func `sync and stats share a device's burst`() throws {
    let device = try Device()
    let sync = try Executable(.sync, RateLimitTests.small)
    let stats = try Executable(.stats, RateLimitTests.small)
    #expect(try sync.answer(device.syncEvent([:])).status == 200)
    #expect(try stats.answer(device.event("GET", "/summary")).status == 200)
    expectRefused(try stats.answer(device.event("GET", "/summary")))
    expectRefused(try sync.answer(device.syncEvent([:])))
  }

  @Test func `a refused push stores nothing`() throws {
    let device = try Device()
    let sync = try Executable(.sync, RateLimitTests.small)
    for _ in 0..<RateLimitTests.burst { _ = try sync.answer(device.syncEvent([:])) }
    let before = try device.state()
    expectRefused(try sync.answer(device.syncEvent(Practice.push(Practice.sessions(["a"])))))
    #expect(try device.state() == before)
  }

  /// 32 calls in eight processes. The burst takes minutes to come back, so that no test is that slow.
  @Test func `eight processes at once never admit more than the burst`() throws {
    let device = try Device()
    let processes = try (0..<8).map { _ in try Executable(.sync, RateLimitTests.small) }
    for process in processes { for _ in 0..<4 { try process.send(device.syncEvent([:]).line) } }
    let outcomes = try processes.flatMap { process in try (0..<4).map { _ in try process.reply().outcome } }
    #expect(outcomes.count { $0 == "200" } == RateLimitTests.burst)
    #expect(outcomes.count { $0 == "429 too_many_requests" } == 32 - RateLimitTests.burst)
  }

  /// What a clock that was ahead leaves behind.
  private func setAhead(_ device: Device, by time: String) throws {
    let prefix = Array(SHA256.hash(data: Array("device \(device.id)".utf8)).prefix(16))
    _ = try Superuser.rows(
      """
      UPDATE breath.rate_limits SET theoretical_arrival = theoretical_arrival + \(time)::text::interval
      WHERE substr(key, 1, 16) = \(prefix)
      """)
  }

  @Test(arguments: ["2 minutes", "1 day", "400 days"])
  func `after the clock was ahead nobody waits for its time to come`(time: String) throws {
    let device = try Device()
    let sync = try Executable(.sync, ["BREATH_RATE_LIMIT_FACTOR": "0.1"])  // 120 at once become 12
    #expect(try sync.answer(device.syncEvent([:])).status == 200)
    try setAhead(device, by: time)
    let next = try sync.answer(device.syncEvent([:]))
    #expect(next.status == 200 && next.header("ratelimit")?.contains(";r=0;") == true, "a bucket that is empty now")
    let refused = try sync.answer(device.syncEvent([:]))
    expectRefused(refused)
    #expect((1...5).contains(refused.header("retry-after").flatMap { Int($0) } ?? 0))
  }

  @Test func `what lies ahead by less than the burst is a call's own`() throws {
    let device = try Device()
    let sync = try Executable(.sync, RateLimitTests.small)
    for _ in 0..<RateLimitTests.burst { #expect(try sync.answer(device.syncEvent([:])).status == 200) }
    try setAhead(device, by: "0.5 seconds")
    for _ in 0..<3 { expectRefused(try sync.answer(device.syncEvent([:]))) }
  }

  @Test func `maintenance drops the due times of a clock that was ahead`() throws {
    let device = try Device()
    _ = try Fleet.call(.sync, device.syncEvent([:]))
    try setAhead(device, by: "3 hours")
    let prefix = Array(SHA256.hash(data: Array("device \(device.id)".utf8)).prefix(16))
    _ = try Superuser.rows("SELECT breath.remove_old_rate_limits(100000)")
    let left = try Superuser.count(
      "SELECT count(*) AS count FROM breath.rate_limits WHERE substr(key, 1, 16) = \(prefix)")
    #expect(left == 0)
  }

  /// A call whose statement takes all the time there is. The row that it waits for is held by the test.
  @Test func `a call that ran into a timeout counts, and so does a dry run`() throws {
    let device = try Device()
    let sync = try Executable(.sync, RateLimitTests.small)
    let holder = try Superuser.connect()
    let id = try device.accountID
    try holder.transaction { holder in
      _ = try holder.pipeline(["SELECT FROM breath.accounts WHERE account_id = \(id) FOR UPDATE"])
      let late = try sync.answer(device.syncEvent(Practice.push([Practice.session("a")])))
      #expect(late.status == 503)
    }
    #expect(try sync.answer(device.syncEvent([:])).header("ratelimit")?.contains(";r=0;") == true)
    let other = try Device()
    for _ in 0..<RateLimitTests.burst {
      let event = other.event(
        "POST", "/import", query: "dryRun=true", headers: ["content-type": "application/json"],
        body: try RecordedExport.all[2].text)
      #expect(try sync.answer(event).status == 200)
    }
    expectRefused(try sync.answer(other.syncEvent([:])))
  }

  @Test func `enrolments are limited by network, and another network is not`() throws {
    let auth = try Executable(.auth, ["BREATH_RATE_LIMIT_FACTOR": "0.05"])  // 60 at once become 3
    func enrol(from address: String) throws -> Reply {
      var event = Device.enrolment(id: Device.newID(), secret: Device.newSecret())
      event.headers["x-forwarded-for"] = address
      return try auth.answer(event)
    }
    let network = "2001:db8:\(UInt16.random(in: 0...9999)):\(UInt16.random(in: 0...9999))"
    for host in 1...3 { #expect(try enrol(from: "203.0.113.9, \(network)::\(host)").status == 201) }
    expectRefused(try enrol(from: "\(network):1:2:3:4"))
    #expect(try enrol(from: "192.0.2.\(UInt8.random(in: 1...254))").status == 201)
  }

  @Test func `wrong guesses of pairing codes count, and end in a refusal`() throws {
    let device = try Device()
    let auth = try Executable(.auth, ["BREATH_RATE_LIMIT_FACTOR": "0.15"])  // 20 at once become 3
    let address = "network \(Device.newID())"
    func redeem(_ code: String) throws -> Reply {
      var event = Device.redemption(code: code, id: Device.newID(), secret: Device.newSecret())
      event.headers["x-forwarded-for"] = address
      return try auth.answer(event)
    }
    for _ in 0..<3 { #expect(try redeem("BM-234567-89ABCD").outcome == "404 pairing_code_invalid") }
    expectRefused(try redeem("BM-234567-89ABCD"))
    let code = try device.pairingCode()
    expectRefused(try redeem(code))
    #expect(
      try Fleet.call(.auth, Device.redemption(code: code, id: Device.newID(), secret: Device.newSecret())).status == 201
    )
  }

  @Test func `refreshing is limited by session`() throws {
    let device = try Device()
    let auth = try Executable(.auth, ["BREATH_RATE_LIMIT_FACTOR": "0.05"])  // 60 at once become 3
    for _ in 0..<3 { #expect(try auth.answer(Device.refresh(device.refreshToken)).status == 200) }
    expectRefused(try auth.answer(Device.refresh(device.refreshToken)))
  }
}
