import FoundationEssentials
import Postgres
import TestSupport
import Testing

@Suite struct RoundTripTests {
  @Test(arguments: 0..<50 as Range<UInt64>)
  func `random values come back as they went`(seed: UInt64) throws {
    var random = Seeded(seed)
    let integers = random.list { Int64(bitPattern: $0.next()) >> Int64($0.next() % 64) }
    let doubles = random.list { Double(Int64(bitPattern: $0.next())) / Double($0.next() % 1000 + 1) }
    let texts = random.list { $0.text() }
    let maybe = random.list { $0.next() % 3 == 0 ? nil : $0.text() }
    let bytes = random.list { UInt8(truncatingIfNeeded: $0.next()) }
    let ids = random.list { $0.id() }
    let days = random.list { PostgresDate(days: Int32($0.next() % 3_600_000) - 700_000) }
    let times = random.list { Date(timeIntervalSince1970: Double($0.next() % 4_000_000_000_000) / 1000) }
    let flags = random.list { $0.next() & 1 == 1 ? $0.next() & 1 == 1 : nil }
    let row = try #require(
      Database.connect().rows(
        """
        SELECT \(integers) AS integers, \(doubles) AS doubles, \(texts) AS texts, \(maybe) AS maybe, \(bytes) AS bytes,
          \(ids) AS ids, \(days) AS days, \(times) AS times, \(flags) AS flags, \(days)::text[] AS printed,
          \(bytes.map { Int16($0) }) AS small, \([bytes, bytes]) AS blobs
        """
      ).first)
    #expect(try row["integers"] == integers)
    #expect(try row["doubles"] == doubles)
    #expect(try row["texts"] == texts)
    #expect(try row["maybe"] == maybe)
    #expect(try row["bytes"] == bytes)
    #expect(try row["ids"] == ids)
    #expect(try row["days"] == days)
    #expect(try row["times"] as [Date] == times)
    #expect(try row["flags"] == flags)
    #expect(try row["small"] == bytes.map { Int16($0) })
    #expect(try row["blobs"] == [bytes, bytes])
    #expect(try row["printed"] == days.map(\.description))
    for day in days { #expect(PostgresDate(day.description) == day) }
  }

  @Test func `ten megabytes go both ways at once without a deadlock`() throws {
    let connection = try Database.connect()
    let big = String(repeating: "0123456789abcdef", count: 640 * 1024)
    let results = try connection.pipeline([
      "SELECT \(big) AS value", "SELECT \(Array(big.utf8)) AS value", "SELECT repeat(\(big), 2) AS value",
      "SELECT \(big) AS value",
    ])
    #expect(try results[0][0]["value"] == big)
    #expect(try results[1][0]["value"] == Array(big.utf8))
    #expect(try results[2][0]["value"] == big + big)
    #expect(connection.roundTrips == 1)
    #expect(connection.isUsable)
  }

  @Test func `many rows come in order`() throws {
    let rows = try Database.connect().rows("SELECT n AS value FROM generate_series(1, \(100_000)) AS n")
    #expect(rows.count == 100_000)
    #expect(rows.affected == 100_000)
    #expect(try rows.map { row throws(PostgresError) -> Int in try row["value"] } == Array(1...100_000))
  }
}

extension Seeded {
  mutating func list<Element>(_ element: (inout Seeded) -> Element) -> [Element] {
    (0..<next() % 6).map { _ in element(&self) }
  }

  mutating func text() -> String {
    let scalars = list { Unicode.Scalar(UInt32($0.next() % 0x10_FFFF) + 1) ?? "\u{1F9D8}" }
    return scalars.reduce(into: "") { $0.unicodeScalars.append($1) }
  }

  mutating func id() -> UUID {
    let (a, b) = (next(), next())
    func byte(_ word: UInt64, _ index: UInt64) -> UInt8 { UInt8(truncatingIfNeeded: word >> (8 * index)) }
    return UUID(
      uuid: (
        byte(a, 0), byte(a, 1), byte(a, 2), byte(a, 3), byte(a, 4), byte(a, 5), byte(a, 6), byte(a, 7),
        byte(b, 0), byte(b, 1), byte(b, 2), byte(b, 3), byte(b, 4), byte(b, 5), byte(b, 6), byte(b, 7)
      ))
  }
}
