import Foundation
import FunctionRuntime
import StrictJSON
import TestSupport
import Testing

/// A network is the number of an address, not its text.
@Suite struct NetworkTests {
  private let auth: Executable
  init() throws { auth = try Executable(.auth, ["BREATH_RATE_LIMIT_FACTOR": "0.1"]) }  // 60 at once become 6

  /// How many enrolments are left to the network of an address.
  private func left(_ address: String) throws -> Int {
    var event = Device.enrolment(id: Device.newID(), secret: Device.newSecret())
    event.headers["x-forwarded-for"] = address
    let reply = try auth.answer(event)
    try #require(reply.status == 201, "\(reply.line)")
    return Int(try #require(reply.header("ratelimit")).split(separator: "r=")[1].prefix { $0 != ";" }) ?? -1
  }

  private static func group() -> String { String(Int.random(in: 0x1000...0xFFFF), radix: 16) }

  @Test func `all addresses of a network of IPv6 share a limit, whatever zeros are in it`() throws {
    let (a, b) = (NetworkTests.group(), NetworkTests.group())
    for network in ["2001:\(a):\(b):", "2001:\(b):0:7", "2001:\(a)"] {
      let addresses = ["\(network)::1", "\(network)::2", "\(network)::ffff:0:1"].map { $0.replacing(":::", with: "::") }
      let lefts = try addresses.map(left)
      #expect(lefts == [5, 4, 3], "\(addresses)")
    }
  }

  @Test func `all spellings of one address share a limit`() throws {
    let a = NetworkTests.group()
    let spellings = [
      "2001:db8:\(a)::7", "2001:0DB8:\(a.uppercased()):0:0:0:0:7", "[2001:db8:\(a)::7]:443", "2001:db8:\(a)::7%eth0",
      " 2001:db8:\(a)::0007", "198.51.100.1, 2001:db8:\(a)::0.0.0.7",
    ]
    #expect(try spellings.map(left) == [5, 4, 3, 2, 1, 0])
    let v4 = "10.\(Int.random(in: 0...255)).\(Int.random(in: 0...255)).\(Int.random(in: 0...255))"
    #expect(try [v4, "\(v4):4711", "::ffff:\(v4)"].map(left) == [5, 4, 3])
  }

  @Test func `another network has a limit of its own`() throws {
    let a = NetworkTests.group()
    for address in ["2001:\(a)::1", "2001:\(a)::1:0:0:0:1", "2001:\(a):1::1"] { #expect(try left(address) == 5) }
  }

  @Test(arguments: [
    ("2001:db8::1", "2001:db8::/48"), ("2001:db8:7:1::9", "2001:db8:7::/48"), ("2001:0DB8:0:0:1::9", "2001:db8::/48"),
    ("203.0.113.7", "203.0.113.0/24"), ("::ffff:203.0.113.7", "203.0.113.0/24"), ("somewhere", "unknown"),
  ])
  func `a person is shown where about, and not which machine`(address: String, network: String) throws {
    let asked = try DeviceGrantTests.Asked(network: address)
    let reply = try Device().call(
      .auth, "POST", "/device/preview",
      headers: ["content-type": "application/json", "x-forwarded-for": address],
      body: #"{"userCode":"\#(asked.userCode)"}"#)
    #expect(reply["network"]?.string == network && reply["isYourNetwork"] == true, "\(reply.line)")
  }
}
