import Backend
import BreathDomain
import FoundationEssentials
import Postgres
import StrictJSON

/// A stored session as a page shows it: what its device stated, and what the server made of it.
struct ListedSession {
  let place: SessionPlace
  let deviceName: String?
  /// Members of a JSON object, as the device stated them.
  let facts: String
  let minute: Int16
  let countedMs, xp: Int64
  let flags: SessionFlags

  var localTime: String { DayStart(minutes: minute).text }

  /// - Parameter withDeviceName: also shows what its device is called.
  func json(withDeviceName: Bool = false) -> String {
    let name = withDeviceName ? #","deviceName":\#(JSON(deviceName).text)"# : ""
    return """
      {\(facts),"device":"\(place.device.lowercased)"\(name),"localDate":"\(place.date)",\
      "localTime":"\(localTime)","countedMs":\(countedMs),"xp":\(xp),\
      "flags":[\(flags.codes.map { "\"\($0)\"" }.joined(separator: ","))]}
      """
  }

  /// What its device stated, read again.
  var stated: Session {
    get throws { try Session(JSONNode(JSON(parsing: "{\(facts)}", limits: .trusted))) }
  }

  /// - Parameter row: with the columns of `SessionPage.source`.
  static func all(_ row: Row) throws(PostgresError) -> [ListedSession] {
    let facts: [String] = try row["facts"] ?? []
    let devices: [UUID] = try row["session_devices"] ?? []
    let names: [String] = try row["session_device_names"] ?? []
    let dates: [LocalDate] = try row["session_dates"] ?? []
    let starts: [Date] = try row["starts"] ?? []
    let ids: [String] = try row["session_ids"] ?? []
    let minutes: [Int16] = try row["minutes"] ?? []
    let counted: [Int64] = try row["counted"] ?? []
    let xp: [Int64] = try row["session_xp"] ?? []
    let flags: [Int16] = try row["flags"] ?? []
    // A page has many sessions and few devices.
    let shown = Dictionary(uniqueKeysWithValues: Set(names).map { ($0, Name(cleaning: $0)?.text ?? "device") })
    return facts.indices.map { index in
      ListedSession(
        place: SessionPlace(
          date: dates[index], start: Timestamp(starts[index]), device: devices[index], session: ids[index]),
        deviceName: names[index].isEmpty ? nil : shown[names[index]], facts: facts[index], minute: minutes[index],
        countedMs: counted[index], xp: xp[index], flags: SessionFlags(rawValue: flags[index]))
    }
  }
}
