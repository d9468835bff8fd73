import Foundation
import FunctionRuntime
import StrictJSON
import TestSupport
import Testing

/// What one device pushes, another pulls: all of it, once.
@Suite struct PullTests {
  /// A device's copy: what it pulled, by id and by date, and how often something came that it had already.
  private struct Copy {
    var sessions: [String: JSON] = [:]
    var days: [String: JSON] = [:]
    var repeats = 0
    var cursor: JSON = .null

    mutating func take(_ reply: Reply) throws {
      for item in try reply.items("changes.sessions") {
        let id = try #require(item["id"]?.string)
        if sessions.updateValue(item, forKey: id) != nil { repeats += 1 }
      }
      for item in try reply.items("changes.days") {
        let key = try "\(#require(item["device"]?.string)) \(#require(item["date"]?.string))"
        days[key] = item
      }
      cursor = reply["cursor"] ?? .null
    }

    /// Pulls to the end.
    mutating func pull(_ device: Device, limit: Int) throws {
      while true {
        let reply = try device.sync(["cursor": cursor, "limit": JSON(limit)])
        // Devices come with their records, and count only where they changed themselves.
        let devices = try reply.items("changes.devices").count
        let count = try ["sessions", "days"].reduce(0) { try $0 + reply.items("changes.\($1)").count }
        #expect(count <= limit)
        try take(reply)
        guard reply["more"] == true else { return }
        #expect(count + devices >= limit, "a page that is not the last is full")
      }
    }
  }

  @Test func `a second device pulls exactly what the first pushed, in pages of every size, once each`() throws {
    let first = try Device()
    let second = try first.paired()
    let ids = (1...23).map { "session \($0)" }
    let pushed = Practice.sessions(ids)
    _ = try first.sync(Practice.push(pushed))
    for limit in Array(1...30) + [499, 500] {
      var copy = Copy()
      try copy.pull(second, limit: limit)
      #expect(copy.sessions.count == ids.count && copy.repeats == 0, "limit \(limit)")
      #expect(Set(copy.sessions.keys) == Set(ids))
      for fact in pushed.array ?? [] {
        let id = try #require(fact["id"]?.string)
        let pulled = try #require(copy.sessions[id])
        for (key, value) in fact.object?.members ?? [] { #expect(pulled[key] == value, "\(key)") }
        #expect(pulled["device"] == .string(first.id))
      }
    }
  }

  @Test func `a device's own pushes do not come back to it`() throws {
    let device = try Device()
    let reply = try device.sync(Practice.push(Practice.sessions(["a", "b"])))
    #expect(reply["changes"] == ["sessions": [], "days": [], "settings": [], "deletions": [], "devices": []])
    let later = try device.sync(["cursor": .null])
    #expect(try later.items("changes.sessions").isEmpty && later.items("changes.days").isEmpty)
    #expect(later["more"] == false)
  }

  /// Pushes of two devices fall between the pages of a third in a random order; whatever the order, the third ends
  /// with everything once.
  @Test(arguments: 0..<24 as Range<UInt64>)
  func `pushes between pages lose nothing and repeat nothing`(seed: UInt64) throws {
    var random = Seeded(seed)
    let first = try Device(timeZone: "Europe/Berlin")
    let writers = [first, try first.paired(timeZone: "Asia/Kathmandu")]
    let reader = try first.paired()
    var copy = Copy()
    var pushed: Set<String> = []
    for round in 0..<40 {
      if random.number(0...2) > 0 {
        let writer = Int(random.number(0...1))
        let ids = (0..<random.number(1...9)).map { "\(writer) \(round) \($0)" }
        let reply = try writers[writer].sync(Practice.push(Practice.sessions(ids, by: writers[writer])))
        #expect(reply["accepted.stored"] == JSON(ids.count))
        pushed.formUnion(ids)
      } else {
        try copy.take(try reader.sync(["cursor": copy.cursor, "limit": .integer(random.number(1...12))]))
      }
    }
    try copy.pull(reader, limit: Int(random.number(1...12)))
    #expect(Set(copy.sessions.keys) == pushed && copy.repeats == 0)
    let sum = try copy.days.values.reduce(Int64(0)) { try $0 + #require($1["sessions"]?.integer) }
    #expect(sum == Int64(pushed.count), "the last state of each day adds up to all sessions")
  }

  /// Real processes at once, so that transactions overlap.
  @Test func `pushes that commit at the same time as pulls lose nothing`() throws {
    let first = try Device()
    let reader = try first.paired()
    let writers = try (0..<4).map { _ in try first.paired() }
    let processes = try writers.map { _ in try Executable(.sync) }
    var copy = Copy()
    let rounds = 12
    for (writer, process) in zip(writers, processes) {
      for round in 0..<rounds {
        try process.send(
          writer.syncEvent(
            Practice.push(Practice.sessions((0..<5).map { "\(writer.id) \(round) \($0)" }, by: writer))
          ).line)
      }
    }
    for _ in 0..<20 { try copy.take(try reader.sync(["cursor": copy.cursor, "limit": 17])) }
    for process in processes {
      for _ in 0..<rounds { #expect(try process.reply()["accepted.stored"] == 5) }
    }
    try copy.pull(reader, limit: 50)
    #expect(copy.sessions.count == 4 * 5 * rounds && copy.repeats == 0)
  }

  @Test func `a cursor of another life of the database, or beyond the head, begins anew and says so`() throws {
    let first = try Device()
    let second = try first.paired()
    _ = try first.sync(Practice.push(Practice.sessions(["a", "b", "c"])))
    let head = try second.sync([:])
    #expect(head["restart"] == nil)
    var foreign = try cursorBytes(head)
    foreign[3] ^= 0xff
    var ahead = try cursorBytes(head)
    ahead[20] = 1
    for bytes in [foreign, ahead] {
      let reply = try second.sync(["cursor": .string(Base64URL.text(bytes))])
      #expect(reply["restart"] == true)
      #expect(try reply.items("changes.sessions").count == 3)
      #expect(reply["cursor"] == head["cursor"])
    }
    #expect(try second.sync(["cursor": head["cursor"] ?? .null])["restart"] == nil)
  }

  private func cursorBytes(_ reply: Reply) throws -> [UInt8] {
    Array(try Base64URL.bytes(reply.text("cursor")))
  }

  @Test(arguments: ["", "x", "AAAA", "!!!!"]) func `what is no cursor is refused`(cursor: String) throws {
    let device = try Device()
    let reply = try Fleet.call(.sync, device.syncEvent(["cursor": .string(cursor)]))
    #expect(reply.outcome == "422 invalid_content" && reply["errors.0.pointer"] == "/cursor")
  }
}
