import Foundation
import FunctionRuntime
import StrictJSON
import Testing

/// A client that holds everything computes the same digest, and one that does not finds where it differs.
@Suite struct DigestTests {
  /// Two devices with sessions, reported days, deletions and a cleared past.
  private func practised() throws -> (first: Device, second: Device) {
    let first = try Device(timeZone: "America/Costa_Rica")
    let second = try first.paired(timeZone: "Asia/Tokyo")
    _ = try first.sync([
      "detail": "sessions",
      "push": [
        "sessions": Practice.sessions((0..<30).map { "é \($0)" }),
        "days": [
          ["date": "2025-08-27", "sessions": 1, "activeMs": 5, "cycles": 0, "xp": 0],
          ["date": "2024-01-02", "sessions": 2, "activeMs": 600_000, "cycles": 12, "xp": 20],
          ["date": "2024-01-03", "sessions": 0, "activeMs": 0, "cycles": 0, "xp": 0],
        ],
      ],
    ])
    _ = try second.sync([
      "push": ["days": [["date": "2024-01-02", "sessions": 2, "activeMs": 600_000, "cycles": 12, "xp": 20]]]
    ])
    _ = try second.sync(["push": ["reset": ["at": "2025-01-01T00:00:00.000Z"]]])
    _ = try second.sync([
      "push": [
        "reset": ["at": "2025-01-01T00:00:00.000Z"], "sessions": [Practice.session("z", cycles: 0)],
        "deletions": [["session": "é 3", "device": .string(first.id)], ["session": "never seen"]],
      ]
    ])
    return (first, second)
  }

  @Test func `a client that pulled everything computes the server's digest`() throws {
    let (first, second) = try practised()
    let theirs = try first.sync([:]).text("digest")
    #expect(try ClientDigest(everythingOf: first).text == theirs)
    #expect(try ClientDigest(everythingOf: second).text == theirs)
  }

  @Test func `it is still the same after going back to day totals`() throws {
    let (first, second) = try practised()
    let coarse = try first.call(
      .sync, "PUT", "/detail", headers: ["content-type": "application/json"], body: #"{"detail": "days"}"#)
    #expect(try coarse.text("digest") == ClientDigest(everythingOf: second).text)
    let late = try first.sync(["push": ["deletions": [["session": "not kept by its id"]]]])
    #expect(late["accepted.stored"] == 1 && late["digest"] == coarse["digest"], "no client could name it")
  }

  @Test func `its parts by device, month and day come together to the whole`() throws {
    let (first, _) = try practised()
    let whole = try first.call(.sync, "GET", "/digest")
    #expect(whole.status == 200)
    var parts: [String] = []
    var months: Set<String> = []
    for device in try whole.items("devices") {
      parts.append(try #require(device["deletions"]?["digest"]?.string))
      for month in try #require(device["months"]?.array) {
        parts.append(try #require(month["digest"]?.string))
        months.insert(try #require(month["month"]?.string))
      }
    }
    #expect(try DigestTests.sum(parts) == whole.text("digest"))
    var days: [String] = []
    for month in months {
      for device in try first.call(.sync, "GET", "/digest", query: "month=\(month)").items("devices") {
        days += try #require(device["days"]?.array).map { try #require($0["digest"]?.string) }
      }
    }
    let deletions = try whole.items("devices").map { try #require($0["deletions"]?["digest"]?.string) }
    #expect(try DigestTests.sum(days + deletions) == whole.text("digest"))
  }

  @Test(arguments: ["month=2025", "month=2025-13", "month=", "month=2025-08-01"])
  func `what is no month is refused`(query: String) throws {
    #expect(try Device().call(.sync, "GET", "/digest", query: query).outcome == "400 invalid_query")
  }

  /// Counts added, hashes combined by xor.
  private static func sum(_ digests: [String]) throws -> String {
    var (count, high, low) = (0, UInt64(0), UInt64(0))
    for digest in digests {
      let parts = digest.split(separator: "-")
      count += try #require(Int(parts[0]))
      high ^= try #require(UInt64(parts[1].prefix(16), radix: 16))
      low ^= try #require(UInt64(parts[1].suffix(16), radix: 16))
    }
    return "\(count)-" + String(format: "%016lx%016lx", high, low)
  }
}
