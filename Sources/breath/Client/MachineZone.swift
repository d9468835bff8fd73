internal import FoundationEssentials

/// The time zone that this machine is set to, by its IANA name.
enum MachineZone {
  static var name: String {
    let environment = ProcessInfo.processInfo.environment["TZ"].map { String($0.drop { $0 == ":" }) }
    let link = try? FileManager.default.destinationOfSymbolicLink(atPath: "/etc/localtime")
    let file = FileManager.default.contents(atPath: "/etc/timezone").map { String(decoding: $0, as: UTF8.self) }
    return [environment, link.flatMap(inDatabase), file].compactMap { $0.flatMap(checked) }.first ?? "UTC"
  }

  /// `/usr/share/zoneinfo/Europe/Berlin` → `Europe/Berlin`; with the other two trees of the database too.
  private static func inDatabase(_ path: String) -> String? {
    guard let place = path.firstRange(of: "zoneinfo/") else { return nil }
    let name = path[place.upperBound...]
    return ["posix/", "right/"].first(where: name.hasPrefix).map { String(name.dropFirst($0.count)) } ?? String(name)
  }

  /// Nil for what is no name, such as the rule `CET-1CEST`, or a file's path.
  private static func checked(_ text: String) -> String? {
    let name = text.prefix { $0 != "\n" && $0 != " " }
    let isName =
      name == "UTC"
      || (name.contains("/") && name.first?.isLetter == true
        && name.utf8.allSatisfy { $0 != UInt8(ascii: ",") && (0x21...0x7E).contains($0) })
    return isName ? String(name) : nil
  }
}
