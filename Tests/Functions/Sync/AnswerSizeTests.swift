import Foundation
import FunctionRuntime
import Postgres
import StrictJSON
import TestSupport
import Testing

/// What a client may send leads to no answer that cannot be sent: a page is counted in rows and an answer in bytes, and a
/// write that was committed is never answered 5xx.
@Suite struct AnswerSizeTests {
  private static let bytesMax = 1_048_576

  /// A body as bytes that grow on their way back: DEL stands for itself in JSON, and is written as six bytes.
  private static func body(_ json: JSON) -> String { json.text.replacing("\\u007f", with: "\u{7F}") }

  /// - Returns: the answer, which is one that can be sent, and no server's fault.
  @discardableResult
  private func answered(_ sync: Executable, _ event: Event, status: Int64? = 200) throws -> Reply {
    let reply = try sync.answer(event)
    #expect(reply.line.utf8.count <= Self.bytesMax, "\(event.path) \(event.query)")
    #expect((reply.status ?? 0) < 500, "\(event.path) \(event.query): \(reply.line.prefix(300))")
    if let status { try #require(reply.status == status, "\(event.path): \(reply.line.prefix(500))") }
    return reply
  }

  private func push(_ device: Device, _ sync: Executable, _ push: JSON) throws -> Reply {
    let body: JSON = ["detail": "sessions", "push": push]
    return try answered(
      sync, device.event("POST", "", headers: ["content-type": "application/json"], body: Self.body(body)))
  }

  /// All that another device, or one that lost its copy, is given.
  private func pulled(_ device: Device, _ sync: Executable, own: Bool, limit: Int = 500) throws -> [String: Int] {
    var (cursor, counts) = (JSON.null, [String: Int]())
    for _ in 0..<2000 {
      let page = try answered(sync, device.syncEvent(["cursor": cursor, "own": .bool(own), "limit": JSON(limit)]))
      for (kind, items) in page["changes"]?.object?.members ?? [] {
        counts[kind, default: 0] += items.array?.count ?? 0
      }
      guard page["more"] == true else { return counts }
      #expect(page["cursor"] != cursor, "a page moves on")
      cursor = page["cursor"] ?? .null
    }
    Issue.record("the pages do not end")
    return counts
  }

  private func longSettings(_ range: Range<Int>) -> JSON {
    .array(
      range.map {
        [
          "module": "display", "key": .string("note.\($0)"), "value": .string(String(repeating: "x", count: 4000)),
          "changedAt": "2026-03-03T08:00:00.000Z",
        ]
      })
  }

  @Test func `settings as long as allowed stop neither a push, nor another machine, nor an export`() throws {
    let device = try Device()
    let other = try device.paired()
    try Fleet.withProcess(.sync) { sync in
      for part in 0..<3 {
        let reply = try push(device, sync, ["settings": longSettings(part * 130..<(part + 1) * 130)])
        #expect(reply["accepted.stored"] == 130)
      }
      #expect(try push(device, sync, ["sessions": [Practice.session("s1")]])["accepted.stored"] == 1)
      #expect(try pulled(other, sync, own: false)["settings"] == 390)
      for shape in ["", "&shape=extension"] {
        var (next, settings, pages) = ("limit=2000\(shape)", 0, 0)
        while pages < 100 {
          let page = try answered(sync, device.event("GET", "/export", query: next))
          pages += 1
          settings += page["records.settings"]?.array?.count ?? 0
          guard let link = page.header("link") else { break }
          next = String(link.dropFirst("<export?".count).prefix { $0 != ">" })
        }
        #expect(pages > 2 && pages < 20 && settings == (shape.isEmpty ? 390 : 0))
      }
    }
  }

  @Test
  func `five hundred ids of the longest kind are answered, each with its verdict, in every place that names them`()
    throws
  {
    let device = try Device()
    try Fleet.withProcess(.sync) { sync in
      let ids = (0..<500).map { String(repeating: "\u{1}", count: 124) + String(1000 + $0) }
      let push: JSON = [
        "sessions": .array(ids.map { Practice.session($0, activeMs: 400_000) }),
        "deletions": .array(ids.map { ["session": .string($0), "device": .string(Device.newID())] }),
      ]
      for _ in 0..<3 {
        let reply = try self.push(device, sync, push)
        let pointers = try reply.items("verdicts").compactMap { $0["pointer"]?.string }
        #expect(Set(pointers).count == 1000, "all are flagged, or duplicates, or of unknown devices")
        #expect(try reply.items("verdicts").allSatisfy { $0["status"] != nil })
      }
      // A hundred of each kind are named in the ledger, push by push.
      for _ in 0..<12 { _ = try self.push(device, sync, push) }
      let ledger = try answered(sync, device.event("GET", "/ledger", query: "limit=200"))
      #expect(try (1..<15).contains(ledger.items("pushes").count))
      #expect(try pulled(device, sync, own: true)["sessions"] == 500)
      let exported = try WholeExportTests.pages(of: device, limit: 2000)
      #expect(exported.flatMap { $0["ledger"]?.array ?? [] }.count == 30)
      #expect(exported.allSatisfy { $0.line.utf8.count <= Self.bytesMax })
    }
  }

  @Test func `an import of ten thousand unreadable records is answered`() throws {
    let device = try Device()
    try Fleet.withProcess(.sync) { sync in
      let id = String(repeating: "\u{7F}", count: 80)
      let records = (0..<8000).map { JSON.object(JSONObject([("id", .string(id + "\($0)"))])) }
      let file: JSON = ["breathMaster": ["meditation": ["payload": ["sessions": .array(records)]]]]
      let reply = try answered(
        sync,
        device.event(
          "POST", "/import", query: "detail=sessions", headers: ["content-type": "application/json"],
          body: Self.body(file)))
      #expect(reply["accepted.rejected"] == 8000 && reply["verdictsOmitted"] == 5500)
      #expect(try reply.items("verdicts").count == 2500)
      try answered(sync, device.event("GET", "/ledger", query: "limit=200"))
    }
  }

  @Test func `practice of a thousand years has a digest that can be walked through`() throws {
    let device = try Device()
    let (account, id) = (try device.accountID, UUID(uuidString: device.id))
    _ = try Superuser.rows(
      """
      INSERT INTO breath.day_totals (account_id, local_date, device_id, version, reported_sessions)
      SELECT \(account), (date '0900-01-15' + i * interval '1 month')::date, \(id), i + 10, 1
      FROM generate_series(1, 14000) AS i
      """)
    try Fleet.withProcess(.sync) { sync in
      var (query, months, pages) = ("", [String](), 0)
      while pages < 20 {
        let reply = try answered(sync, device.event("GET", "/digest", query: query))
        months += try reply.items("devices").flatMap { $0["months"]?.array ?? [] }.compactMap { $0["month"]?.string }
        pages += 1
        guard let next = reply["next"]?.string else { break }
        query = "after=\(next)"
      }
      #expect(pages == 3 && months.count == 14_000 && Set(months).count == 14_000)
      #expect(try answered(sync, device.event("GET", "/digest", query: "month=0901-03")).items("devices").count == 1)
      for wrong in ["after=x", "after=\(device.id)", "after=\(device.id)~", "after=x~2025-08"] {
        let reply = try answered(sync, device.event("GET", "/digest", query: wrong), status: 400)
        #expect(reply.outcome == "400 invalid_query")
      }
    }
  }

  @Test func `a hundred devices with long names fit, with what the server has of each`() throws {
    let device = try Device()
    let name = String(repeating: "\u{1}", count: 64)
    try Fleet.withProcess(.sync) { sync in
      let known = JSON.array((0..<99).map { _ in ["id": .string(Device.newID()), "name": .string(name)] })
      _ = try push(device, sync, ["devices": known, "settings": longSettings(0..<150)])
      let stranger = try Device()
      let foreign = try stranger.sync([:])["cursor"] ?? .null
      let reply = try answered(sync, device.syncEvent(["cursor": foreign, "own": true]))
      #expect(try reply["restart"] == true && reply.items("holdings").count == 100)
      #expect(try pulled(device, sync, own: true)["settings"] == 150)
    }
  }

  @Test func `errors that name what was sent fit as well`() throws {
    let members = (0..<60).map { #""\#(String(repeating: "\u{7F}", count: 4000))\#($0)":1"# }
    let event = Event(
      "POST", "/anonymous", headers: ["content-type": "application/json"], body: "{\(members.joined(separator: ","))}")
    let reply = try Fleet.call(.auth, event)
    #expect(reply.outcome == "422 invalid_content" && reply.line.utf8.count <= Self.bytesMax)
    #expect(reply["errors.0.code"] == "unknown_member")
  }
}

// MARK: - Any mix

extension AnswerSizeTests {
  /// Text of the kinds that grow, shrink or hide on their way.
  private static func text(_ count: Int, _ random: inout Seeded) -> String {
    let pieces = ["\u{1}", "\u{7F}", "\"", "\\", "\u{1F600}", "é", "a", "\u{2028}", "/", "\u{301}"]
    let usual = random.pick(pieces)
    return (0..<count).map { _ in random.number(0...9) == 0 ? random.pick(pieces) : usual }.joined()
  }

  private static func item(_ kind: Int, _ number: Int, _ random: inout Seeded) -> (list: String, item: JSON) {
    let id = text(Int(random.number(0...120)), &random) + "\(number)"
    switch kind {
    case 0: return ("sessions", Practice.session(id, activeMs: random.pick([300_000, 400_000, -1]), cycles: 1))
    case 1:
      let date = Practice.stamp(Date(timeIntervalSince1970: Double(random.number(10_000...20_000)) * 86_400))
      return (
        "days", ["date": .string(String(date.prefix(10))), "sessions": 1, "activeMs": 1, "cycles": 1, "xp": 1]
      )
    case 2:
      let value: JSON = .string(text(Int(random.number(0...600)), &random))
      return (
        "settings",
        [
          "module": "display", "key": .string("k\(number % 300)"),
          "value": random.pick([value, [value, ["a": value]]]),
          "changedAt": "2026-03-03T08:00:00.000Z",
        ]
      )
    case 3: return ("deletions", ["session": .string(id), "device": .string(Device.newID())])
    case 4:
      return ("devices", ["id": .string(Device.newID()), "name": .string(text(60, &random)), "timeZone": "UTC"])
    default:
      return (random.pick(["sessions", "days", "settings", "deletions"]), ["id": .string(id), "x": .string(id)])
    }
  }

  /// As much as one request may carry.
  private static func push(_ round: Int, _ random: inout Seeded) -> JSON {
    var lists: [String: [JSON]] = [:]
    let kinds = (0..<Int(random.number(1...4))).map { _ in Int(random.number(0...5)) }
    var bytes = 0
    for number in 0..<2000 {
      let (list, item) = item(random.pick(kinds), round * 1000 + number % 1000, &random)
      bytes += body(item).utf8.count + 1
      guard bytes < 1_000_000 else { break }
      if lists[list, default: []].count < 500 { lists[list, default: []].append(item) }
    }
    return .object(JSONObject(lists.sorted { $0.key < $1.key }.map { ($0.key, .array($0.value)) }))
  }

  @Test(arguments: 0..<8 as Range<UInt64>)
  func `no mix of allowed content makes an answer too large, or answers a committed write 5xx`(seed: UInt64) throws {
    var random = Seeded(20_261_128 &+ seed)
    let device = try Device()
    let other = try device.paired()
    try Fleet.withProcess(.sync) { sync in
      var cursor = JSON.null
      for round in 0..<5 {
        let before = try Superuser.state(of: device.account)
        var members = JSONObject([
          ("detail", "sessions"), ("own", .bool(random.number(0...1) == 0)), ("cursor", cursor),
        ])
        members["push"] = Self.push(round, &random)
        let reply = try answered(
          sync,
          random.pick([device, other]).event(
            "POST", "", headers: ["content-type": "application/json"], body: Self.body(.object(members))),
          status: nil)
        if reply.status == 200 { cursor = random.pick([.null, reply["cursor"] ?? .null]) }
        if reply.status != 200 { #expect(try Superuser.state(of: device.account) == before, "\(reply.outcome)") }
        for query in ["", "limit=200"] { try answered(sync, device.event("GET", "/ledger", query: query)) }
      }
      for path in ["/digest", "/digest?month=2020-01", "/ledger?limit=1"] {
        let parts = path.split(separator: "?").map(String.init)
        try answered(sync, device.event("GET", parts[0], query: parts.count > 1 ? parts[1] : ""))
      }
      let account = try device.accountID
      let stored = try Superuser.count("SELECT count(*) AS count FROM breath.sessions WHERE account_id = \(account)")
      for limit in [500, 77] {
        #expect(try pulled(device, sync, own: true, limit: limit)["sessions", default: 0] == Int(stored))
      }
      for limit in [2000, 100] {
        let pages = try WholeExportTests.pages(of: device, limit: limit)
        #expect(pages.allSatisfy { $0.line.utf8.count <= Self.bytesMax })
        #expect(pages.flatMap { $0["records.sessions"]?.array ?? [] }.count == Int(stored))
      }
    }
  }
}
