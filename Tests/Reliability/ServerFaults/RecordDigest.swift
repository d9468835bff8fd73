import Crypto
import Foundation
import StrictJSON

/// The digest of docs/sync.md over what a machine holds.
struct RecordDigest {
  let text: String

  init(_ records: Set<String>) {
    var bytes = [UInt8](repeating: 0, count: 16)
    for record in records {
      for (index, byte) in SHA256.hash(data: Array(record.utf8)).prefix(16).enumerated() { bytes[index] ^= byte }
    }
    let digits = bytes.map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }
    text = "\(records.count)-\(digits.joined())"
  }
}

/// The lines that the digest is made of; for sessions of whole numbers.
extension Client.Holding {
  func records(of device: String) -> Set<String> {
    Set(
      sessions.values.map { "session \(device) \(Client.Holding.text(of: $0))" }
        + deletions.map { "deleted \(device) \($0.utf8.count):\($0)" }
        + days.compactMap { date, day in
          let numbers = Client.Holding.reported(day)
          guard numbers.contains(where: { $0 > 0 }) else { return nil }
          return "day \(device) \(date) \(numbers.map(String.init).joined(separator: " "))"
        })
  }

  static let dayNumbers = ["sessions", "activeMs", "cycles", "xp"]

  /// A day that came from sessions only has none above 0, and is no record of its own.
  static func reported(_ day: JSON) -> [Int64] {
    let reported = day["reported"] ?? day
    return dayNumbers.map { reported[$0]?.integer ?? 0 }
  }

  private static func text(of session: JSON) -> String {
    let id = session["id"]?.string ?? ""
    func ms(_ name: String) -> String {
      let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
      guard let date = session[name]?.string.flatMap({ try? style.parse($0) }) else { return "-" }
      return "\(Int64((date.timeIntervalSince1970 * 1000).rounded()))"
    }
    func whole(_ name: String) -> String { session[name]?.integer.map(String.init) ?? "-" }
    return [
      "\(id.utf8.count):\(id)", ms("startedAt"), ms("endedAt"), whole("activeMs"), whole("cycles"), "-",
      whole("goalBonusXP"), "-", "-", "-",
    ].joined(separator: " ")
  }
}
