import Foundation
import FunctionRuntime
import Postgres
import StrictJSON
import TestSupport
import Testing

/// `/export.csv` and `/export.json`: what a spreadsheet gets is what the views say, and nothing in it is computed.
@Suite struct DataOutTests {
  @Test(arguments: RecordedExport.all) func `both files of days say what the view of days says`(file: RecordedExport)
    throws
  {
    let device = try Device(timeZone: file.timeZone)
    _ = try device.importFile(file.text, query: "detail=days")
    for query in ["range=all", "from=2025-08-10&to=2025-08-20", "range=year"] {
      let days = try device.stats("days", query: query)
      let json = try device.stats("export.json", query: query)
      #expect(json["days"] == days["days"] && json["from"] == days["from"] && json["to"] == days["to"])
      #expect(json["of"] == "days")
      let csv = try device.stats("export.csv", query: query).csv()
      #expect(csv.header == ["date", "sessions", "activeMs", "cycles", "xp"])
      #expect(csv.rows == (try days.items("days").map(cells)))
    }
    #expect(try device.stats("export.json").items("days").count == Int(file.activeDays))
  }

  @Test func `a file of days adds up to the summary`() throws {
    let history = try History(seed: 7)
    let (summary, file) = (try history.device.stats("summary"), try history.device.stats("export.csv").csv())
    for member in ["sessions", "activeMs", "cycles", "xp"] {
      let sum = file.rows.reduce(0) { $0 + (Int64($1[member] ?? "") ?? -1) }
      #expect(summary["all.\(member)"] == .integer(sum), "\(member)")
    }
  }

  @Test(arguments: 0..<4 as Range<UInt64>)
  func `whatever devices and sessions are called, a reader finds it and no spreadsheet computes it`(seed: UInt64) throws
  {
    var random = Seeded(seed)
    let device = try Device(timeZone: "Asia/Kathmandu")
    let other = try device.paired()
    for (index, machine) in [device, other].enumerated() {
      // As it may be stored from before names had a rule.
      let machineID = try #require(UUID(uuidString: machine.id))
      _ = try Superuser.rows(
        "UPDATE breath.devices SET name = \(Hostile.text(&random)) WHERE device_id = \(machineID)")
      _ = try machine.sync(Practice.push(.array((0..<30).map { Hostile.session(index * 100 + $0, &random) })))
    }
    let names = Dictionary(
      uniqueKeysWithValues: try device.call(.auth, "GET", "/devices").items("devices").map {
        ($0["id"]?.string ?? "", $0["name"] ?? .null)
      })
    let listed = try device.stats("sessions", query: "limit=500").items("sessions")
    #expect(listed.count == 60)

    let expected = listed.map { item -> JSON in
      var members = item.object ?? JSONObject()
      members["deviceName"] = names[item["device"]?.string ?? ""]
      return .object(members)
    }
    for query in ["of=sessions", "of=sessions&limit=7", "of=sessions&limit=1&from=2020-01-01&to=2030-01-01"] {
      #expect(try device.exports("json", query: query).flatMap { try $0.items("sessions") } == expected)
    }
    let pages = try device.exports("csv", query: "of=sessions&limit=7").map { try $0.csv() }
    #expect(Set(pages.map(\.header)).count == 1 && pages.count == 9)
    #expect(pages.flatMap(\.rows) == expected.map(cells))
    #expect(try device.stats("export.csv", query: "of=sessions").csv().rows == expected.map(cells))
    for row in pages.flatMap(\.rows) {
      for (name, cell) in row where Hostile.starts.contains(String(cell.unicodeScalars.prefix(1))) {
        #expect(
          Double(cell) != nil && ["activeMs", "cycles", "goalBonusXP", "finalXP"].contains(name), "\(name): \(cell)")
      }
    }
  }

  /// A member as it stands in a cell: guarded when it is somebody's words.
  private func cells(_ item: JSON) -> [String: String] {
    let isSession = item["id"] != nil
    let columns =
      isSession
      ? [
        "device", "deviceName", "id", "localDate", "localTime", "startedAt", "endedAt", "activeMs", "countedMs",
        "cycles",
        "goalMinutes", "goalBonusXP", "pledgeMultiplier", "pledgeHonored", "finalXP", "xp", "flags",
      ] : ["date", "sessions", "activeMs", "cycles", "xp"]
    return Dictionary(
      uniqueKeysWithValues: columns.map { name in
        switch item[name] {
        case .string(let text)?:
          let isFormula = Hostile.starts.contains(String(text.unicodeScalars.prefix(1)))
          return (name, isFormula ? "'" + text : text)
        case .array(let items)?: return (name, items.compactMap(\.string).joined(separator: " "))
        case let value?: return (name, value.text)
        case nil: return (name, "")
        }
      })
  }

  @Test(arguments: ["csv", "json"])
  func `a page is less than the platform passes on, whatever the sessions hold`(format: String) throws {
    let device = try Device()
    // As long as an id and a name can be, of what is longest when it is written.
    let name: JSON = ["name": .string(String(repeating: "🧘", count: 64))]
    #expect(try device.call(.auth, "PATCH", "/devices/\(device.id)", json: name).status == 200)
    let count = 1200
    for part in 0..<3 {
      let sessions = (0..<count / 3).map { index in
        let number = "\(part * 1000 + index)"
        return Practice.session(String(repeating: "\u{1}", count: 128 - number.count) + number)
      }
      _ = try device.sync(Practice.push(.array(sessions)))
    }
    let pages = try device.exports(format, query: "of=sessions")
    #expect(pages.count > 1 && pages.allSatisfy { $0.line.utf8.count < 1_000_000 })
    let found = try pages.map { format == "csv" ? try $0.csv().rows.count : try $0.items("sessions").count }
    #expect(found.reduce(0, +) == count)
  }

  @Test func `a session ahead of the calendar takes nobody's place in a page`() throws {
    let device = try Device()
    let ahead = (2..<5).map { days -> JSON in
      let start = Date.now.addingTimeInterval(Double(days) * 86_400)
      return Practice.session(
        "ahead-\(days)", at: Practice.stamp(start), to: Practice.stamp(start.addingTimeInterval(60)))
    }
    _ = try device.sync(Practice.push(.array(ahead)))
    _ = try device.sync(Practice.push(Practice.sessions(["a", "b", "c"])))
    let pages = try device.exports("json", query: "of=sessions&limit=1")
    #expect(try pages.flatMap { try $0.items("sessions") }.map { $0["id"]?.string } == ["c", "b", "a"])
  }

  @Test func `a file is one to be saved, with the day in its name`() throws {
    let device = try Device()
    _ = try device.sync(Practice.push(Practice.sessions(["a"])))
    for (format, type) in [("csv", "text/csv; charset=utf-8; header=present"), ("json", "application/json")] {
      for content in ["days", "sessions"] {
        let reply = try device.stats("export.\(format)", query: "of=\(content)")
        let today = try device.stats("summary").text("asOf")
        #expect(
          reply.header("content-disposition") == "attachment; filename=\"breath-master-\(content)-\(today).\(format)\"")
        #expect(reply.header("content-type") == type && reply.header("link") == nil)
      }
    }
    let lines = try #require(try device.stats("export.csv", query: "of=sessions").body.string)
    #expect(lines.hasSuffix("\r\n") && lines.unicodeScalars.count { $0 == "\r" } == 2)
  }

  @Test(arguments: ["csv", "json"]) func `single sessions are for who shares them`(format: String) throws {
    let device = try Device(shares: false)
    let reply = try device.call(.stats, "GET", "/export.\(format)", query: "of=sessions")
    #expect(reply.outcome == "403 detail_is_days" && reply.header("content-type") == "application/problem+json")
  }

  @Test(arguments: [
    "of=hours", "of=", "range=decade", "from=2025-02-30", "of=sessions&limit=2001", "of=sessions&after=x",
    "of=days&limit=2001", "after=x",
  ])
  func `what cannot be exported is refused`(query: String) throws {
    let device = try Device()
    for format in ["csv", "json"] {
      #expect(try device.call(.stats, "GET", "/export.\(format)", query: query).outcome == "400 invalid_query")
    }
  }
}

/// Names as somebody gives them who wants a spreadsheet to compute, or a reader to stumble.
enum Hostile {
  static let starts: Set<String> = ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"]
  private static let pieces =
    Array(starts).sorted() + [
      "\"", "\"\"", ",", "\r\n", ";", "'", "\u{1}", "1", "cmd|' /C calc'!A0", "é", "🫁", " ", "\u{301}",
    ]

  static func text(_ random: inout Seeded) -> String {
    (0..<Int(random.number(1...4))).map { _ in random.pick(pieces) }.joined()
  }

  static func session(_ index: Int, _ random: inout Seeded) -> JSON {
    let start = Date(timeIntervalSince1970: 1_756_303_331 + Double(index) * 3600)
    var members =
      Practice.session(
        text(&random) + "\(index)", at: Practice.stamp(start),
        to: Practice.stamp(start.addingTimeInterval(random.pick([-60, 0, 300]))),
        activeMs: random.pick([-5, 0, 300_000]), cycles: random.number(-3...3), bonusXP: random.number(-3...3)
      ).object ?? JSONObject()
    if random.number(0...1) == 0 {
      members["goalMinutes"] = random.pick([7.5, 5, nil] as [Double?]).map(JSON.double)
      members["pledgeMultiplier"] = 1.15
      members["pledgeHonored"] = .bool(random.number(0...1) == 0)
      members["finalXP"] = .double(random.pick([-12.5, 1e300, 40]))
    }
    return .object(members)
  }
}
