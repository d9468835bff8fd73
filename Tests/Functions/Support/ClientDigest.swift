import Crypto
import Foundation
import StrictJSON
import Testing

/// The digest as docs/sync.md defines it, computed from what a client holds: written from the page, not from the code.
struct ClientDigest {
  private(set) var count = 0
  private var bytes = [UInt8](repeating: 0, count: 16)

  mutating func add(_ record: String) {
    count += 1
    for (index, byte) in SHA256.hash(data: Array(record.utf8)).prefix(16).enumerated() { bytes[index] ^= byte }
  }

  mutating func add(session: JSON, of device: String) throws {
    func ms(_ name: String) throws -> String {
      let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
      let date = try style.parse(#require(session[name]?.string))
      return "\(Int64((date.timeIntervalSince1970 * 1000).rounded()))"
    }
    func number(_ name: String) -> String { session[name].map { $0.double.map { "\($0)" } ?? "-" } ?? "-" }
    func whole(_ name: String) -> String { session[name]?.integer.map { "\($0)" } ?? "-" }
    let id = try #require(session["id"]?.string)
    add(
      [
        "session", device, "\(id.utf8.count):\(id)", try ms("startedAt"), try ms("endedAt"), whole("activeMs"),
        whole("cycles"), number("goalMinutes"), whole("goalBonusXP"), number("pledgeMultiplier"),
        session["pledgeHonored"]?.bool.map { "\($0)" } ?? "-", number("finalXP"),
      ].joined(separator: " "))
  }

  mutating func add(day: JSON, of device: String) throws {
    let reported = day["reported"] ?? day
    let numbers = try ["sessions", "activeMs", "cycles", "xp"].map { try #require(reported[$0]?.integer) }
    guard numbers.contains(where: { $0 > 0 }) else { return }
    let date = try #require(day["date"]?.string)
    add("day \(device) \(date) \(numbers.map(String.init).joined(separator: " "))")
  }

  mutating func add(deletion: JSON) throws {
    let id = try #require(deletion["session"]?.string)
    add("deleted \(try #require(deletion["device"]?.string)) \(id.utf8.count):\(id)")
  }

  /// Of everything that `"own": true` pulls from the start.
  init(everythingOf device: Device) throws {
    var cursor = JSON.null
    while true {
      let reply = try device.sync(["cursor": cursor, "own": true, "limit": 7])
      for item in try reply.items("changes.sessions") {
        try add(session: item, of: #require(item["device"]?.string))
      }
      for item in try reply.items("changes.days") { try add(day: item, of: #require(item["device"]?.string)) }
      for item in try reply.items("changes.deletions") { try add(deletion: item) }
      cursor = reply["cursor"] ?? .null
      guard reply["more"] == true else { return }
    }
  }

  init() {}

  var text: String { "\(count)-" + bytes.map { String(format: "%02x", $0) }.joined() }
}
