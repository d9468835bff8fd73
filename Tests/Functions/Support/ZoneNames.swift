import Foundation
import Testing

/// Names that machines call their time zones by, and what they mean by a reckoning that is not PostgreSQL's.
enum ZoneNames {
  /// Of three releases of the tz database and of Intl (Zones/names.tsv says which).
  static let published: [String] = {
    let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Zones/names.tsv")
    let lines = (try? String(contentsOf: file, encoding: .utf8))?.split(separator: "\n") ?? []
    return lines.filter { !$0.hasPrefix("#") }.compactMap { $0.split(separator: "\t").first.map(String.init) }
  }()

  /// Every file of this machine's tz database, `posix/` and `right/` among them.
  static let ofThisMachine: [String] = {
    let root = "/usr/share/zoneinfo"
    let files = FileManager.default.enumerator(atPath: root)?.compactMap { $0 as? String } ?? []
    return files.filter { file in
      FileManager.default.contents(atPath: "\(root)/\(file)")?.starts(with: Data("TZif".utf8)) == true
    }.sorted()
  }()

  /// What machines say that means nothing, or nothing that can be told: abbreviations, POSIX rules, and other text.
  static let meaningless = [
    "Etc/Unknown", "Factory", "localtime", "posixrules", "right/posixrules", "America/Newplace", "America", "America/",
    "/Europe/Berlin", "Europe//Berlin", "Europe/Berlin/", "Europe/Berlin2", "Europe/Berlin ", "../Europe/Berlin",
    "IST", "BST", "PST", "MSK", "LMT", "Z", "FOO3", "EST5", "CET-1CEST", "EST5EDT,M3.2.0,M11.1.0", "<+05>-5",
    "<+05:30>-05:30", "UTC+3", "UTC-03:00", "GMT+5", "GMT+01:00", "Etc/GMT+13", "Etc/GMT-15", "Etc/GMT+05", "X/Y5",
    "SystemV/EST5", "+24:00", "+05:60", "+5:30", "05:30", "+05:30:15", "\u{2212}03:00", "++05", "+", "-", "0", "5.5",
    "interval '1'", "default", "LOCAL", "", " ", "🫁", "Europe/Zürich", "Ｅurope/Berlin",
    String(repeating: "x", count: 300), "A/" + String(repeating: "b", count: 300), "'; DROP TABLE x; --", "%s%n",
  ]

  /// - Returns: nil for a name that this machine does not know either.
  static func secondsFromGMT(_ name: String, at date: Date) -> Int? {
    if let offset = offsetSeconds(name) { return offset }
    let parts = name.split(separator: "/")
    let plain = ["posix", "right"].contains(parts.first) ? parts.dropFirst().joined(separator: "/") : name
    return TimeZone(identifier: renamed[plain] ?? plain)?.secondsFromGMT(for: date)
  }

  /// What Foundation would take for something else, or has not heard of.
  private static let renamed = [
    "Etc/Unknown": "?", "US/Pacific-New": "America/Los_Angeles", "Canada/East-Saskatchewan": "America/Regina",
    "Asia/Hanoi": "Asia/Ho_Chi_Minh", "GMT+0": "GMT", "GMT-0": "GMT", "EST": "America/Panama", "MST": "America/Phoenix",
    "HST": "Pacific/Honolulu",
  ]

  private static func offsetSeconds(_ name: String) -> Int? {
    guard let match = name.wholeMatch(of: /([+-])(\d\d):?(\d\d)?/) else { return nil }
    let (hours, minutes) = (Int(match.2) ?? 0, match.3.flatMap { Int($0) } ?? 0)
    return (match.1 == "-" ? -1 : 1) * (hours * 60 + minutes) * 60
  }
}
