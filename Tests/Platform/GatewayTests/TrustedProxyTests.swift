import Foundation
import Gateway
import StrictJSON
import Testing

/// The peer is 127.0.0.1 in all of them.
@Suite struct TrustedProxyTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let trusted: String?
    let fields: [(String, String)]
    let client: String
    var testDescription: String { "\(trusted ?? "nil") \(fields.map { "\($0.0): \($0.1)" }) → \(client)" }

    init(_ trusted: String?, _ client: String, _ fields: (String, String)...) {
      self.trusted = trusted
      self.fields = fields
      self.client = client
    }

    static func forwarded(_ trusted: String?, _ chain: String, _ client: String) -> Case {
      Case(trusted, client, ("X-Forwarded-For", chain))
    }
  }

  private static let peer = "127.0.0.1"

  @Test(arguments: [
    // Off by default, and off for whoever is not on the list.
    Case.forwarded(nil, "192.0.2.1", peer), .forwarded("", "192.0.2.1", peer), .forwarded("none", "192.0.2.1", peer),
    .forwarded("10.0.0.0/8", "192.0.2.1", peer), .forwarded("::1", "192.0.2.1", peer),
    // From the right: what the caller made up stands on the left.
    .forwarded("127.0.0.1", "192.0.2.1", "192.0.2.1"), .forwarded("127.0.0.1", "6.6.6.6, 192.0.2.1", "192.0.2.1"),
    .forwarded("127.0.0.0/8", "6.6.6.6,192.0.2.1", "192.0.2.1"),
    .forwarded("127.0.0.1, 10.0.0.0/8", "6.6.6.6, 192.0.2.1, 10.1.2.3", "192.0.2.1"),
    .forwarded("127.0.0.1,10.0.0.0/8", "10.9.9.9, 10.1.2.3", "10.9.9.9"),
    .forwarded("127.0.0.1,fd00::/8", "2001:db8::1, fd00::7", "2001:db8::1"),
    .forwarded("127.0.0.1", "::ffff:192.0.2.1", "192.0.2.1"), .forwarded("::ffff:127.0.0.1", "192.0.2.1", "192.0.2.1"),
    .forwarded("127.0.0.1", "2001:DB8:0:0::1", "2001:db8::1"), .forwarded("127.0.0.1", "192.0.2.1:4711", "192.0.2.1"),
    .forwarded("127.0.0.1", "[2001:db8::1]:4711", "2001:db8::1"),
    .forwarded("127.0.0.1", "[2001:db8::1]", "2001:db8::1"),
    // A number of proxies.
    .forwarded("1", "6.6.6.6, 192.0.2.1", "192.0.2.1"), .forwarded("2", "6.6.6.6, 192.0.2.1, 10.0.0.1", "192.0.2.1"),
    .forwarded("3", "192.0.2.1", "192.0.2.1"), .forwarded("1", "", peer),
    // What cannot be read: the peer.
    .forwarded("127.0.0.1", "unknown", peer), .forwarded("127.0.0.1", "192.0.2.1, unknown", peer),
    .forwarded("127.0.0.1", "unknown, 192.0.2.1", "192.0.2.1"), .forwarded("127.0.0.1", "192.0.2.256", peer),
    .forwarded("127.0.0.1", "192.0.2.01", peer), .forwarded("127.0.0.1", "1.2.3", peer),
    .forwarded("127.0.0.1", "fe80::1%eth0", peer), .forwarded("127.0.0.1", "[192.0.2.1]", peer),
    .forwarded("127.0.0.1", "[2001:db8::1", peer), .forwarded("127.0.0.1", "192.0.2.1:x", peer),
    .forwarded("127.0.0.1", "localhost", peer), .forwarded("1", "192.0.2.1, ,", "192.0.2.1"),
    .forwarded("127.0.0.1", "192.0.2.1,,", "192.0.2.1"),
    Case("127.0.0.1", peer),
    // Several fields are one list (RFC 9110, 5.3).
    Case("127.0.0.1", "192.0.2.1", ("X-Forwarded-For", "6.6.6.6"), ("X-Forwarded-For", "192.0.2.1")),
    // Forwarded (RFC 7239).
    Case("127.0.0.1", "192.0.2.1", ("Forwarded", "for=192.0.2.1")),
    Case("127.0.0.1", "192.0.2.1", ("Forwarded", "for=6.6.6.6;by=203.0.113.43, For=\"192.0.2.1:80\";proto=https")),
    Case("127.0.0.1", "2001:db8::1", ("Forwarded", "for=6.6.6.6, for=\"[2001:db8::1]:4711\"")),
    Case("127.0.0.1,10.0.0.0/8", "192.0.2.1", ("Forwarded", "for=192.0.2.1"), ("Forwarded", "proto=http;for=10.0.0.9")),
    Case("1", "192.0.2.1", ("Forwarded", "for=6.6.6.6, for=192.0.2.1")),
    Case("127.0.0.1", peer, ("Forwarded", "for=192.0.2.1, for=_hidden")),
    Case("127.0.0.1", peer, ("Forwarded", "for=192.0.2.1, proto=https")),
    Case("127.0.0.1", peer, ("Forwarded", "for=192.0.2.1;for=192.0.2.2")),
    Case("127.0.0.1", "192.0.2.1", ("Forwarded", "for=\"_a, for=6.6.6.6\", for=192.0.2.1")),
    // One of the two is made up when they disagree.
    Case("1", "192.0.2.1", ("Forwarded", "for=192.0.2.1"), ("X-Forwarded-For", "192.0.2.1")),
    Case("1", peer, ("Forwarded", "for=6.6.6.6"), ("X-Forwarded-For", "192.0.2.1")),
    // A platform's own field.
    Case("do-connecting-ip", "192.0.2.1", ("Do-Connecting-IP", "192.0.2.1"), ("X-Forwarded-For", "6.6.6.6")),
    Case("do-connecting-ip", peer, ("X-Forwarded-For", "6.6.6.6")),
    Case("do-connecting-ip", peer, ("Do-Connecting-IP", "192.0.2.1"), ("Do-Connecting-IP", "6.6.6.6")),
    Case("do-connecting-ip,10.0.0.0/8", peer, ("Do-Connecting-IP", "192.0.2.1")),
    Case("10.0.0.0/8,127.0.0.1,do-connecting-ip", "192.0.2.1", ("Do-Connecting-IP", "192.0.2.1")),
    Case("127.0.0.1", peer, ("Do-Connecting-IP", "192.0.2.1"), ("CF-Connecting-IP", "192.0.2.1")),
  ])
  func `the last hop that is no proxy of ours is who calls`(row: Case) async throws {
    try await TestGateway.run(trustedProxies: try TrustedProxies(row.trusted)) { gateway in
      let http = try await gateway.send("GET", "/v1/sync/echo", headers: row.fields).json["value"]?["http"]
      #expect(http?["headers"]?["x-forwarded-for"] == .string(row.client))
      #expect(http?["headers"]?["forwarded"] == nil)
      #expect(http?["headers"]?["cf-connecting-ip"] == nil)
    }
  }

  @Test(arguments: [
    "localhost", "10.0.0.0/33", "fd00::/129", "10.0.0.0/", "10.0.0.0/-1", "10.0.0.0/8/8", "0", "17", "1,10.0.0.0/8",
    "::ffff:10.0.0.0/104", "proxy.example", "x-forwarded-for", "do-connecting-ip,x-real-ip", "10.0.0.0/8 fd00::/8", "*",
  ])
  func `what is no proxy is named when the server starts`(list: String) throws {
    let mistake = #expect(throws: TrustedProxies.Mistake.self) { try TrustedProxies(list) }
    let text = try #require(mistake).description
    #expect(text.hasPrefix("BREATH_TRUSTED_PROXIES: \"") && text.contains("a number of proxies"))
    #expect(list.split(separator: ",").contains { text.contains("\"\($0.filter { $0 != " " })\"") })
  }
}
