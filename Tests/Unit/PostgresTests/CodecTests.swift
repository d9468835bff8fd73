import FoundationEssentials
import Postgres
import Testing

/// A value and the literal by which PostgreSQL knows it.
struct Known: Sendable, CustomTestStringConvertible {
  let literal: SQL
  let check: @Sendable (Connection, SQL) throws -> Void
  var testDescription: String { literal.text }

  init<Value: PostgresBindable & PostgresDecodable & Equatable>(_ literal: SQL, _ value: Value) {
    self.literal = literal
    check = { connection, literal in
      let row = try #require(
        connection.rows("SELECT \(literal) AS theirs, \(value) AS ours, (\(literal))::text = (\(value))::text AS same")
          .first)
      #expect(try row["theirs"] == value)
      #expect(try row["ours"] == value)
      #expect(try row["same"] == true)
    }
  }
}

@Suite struct CodecTests {
  @Test(arguments: [
    Known("true", true), Known("false", false),
    Known("(-32768)::int2", Int16.min), Known("32767::int2", Int16.max),
    Known("(-2147483648)::int4", Int32.min), Known("1::int4", Int32(1)),
    Known("(-9223372036854775808)::int8", Int64.min), Known("9223372036854775807::int8", Int.max),
    Known("'-1'::int8", -1),
    Known("0.1::float8", 0.1), Known("'-infinity'::float8", -Double.infinity), Known("'-0'::float8", -0.0),
    Known("5e-324::float8", Double.leastNonzeroMagnitude),
    Known("''::text", ""), Known("'žluťoučký 🫁'::text", "žluťoučký 🫁"),
    Known("'\\x00ff10'::bytea", [0, 255, 16] as [UInt8]), Known("''::bytea", [] as [UInt8]),
    Known(
      "'12345678-9abc-def0-1234-56789abcdef0'::uuid", UUID(uuidString: "12345678-9ABC-DEF0-1234-56789ABCDEF0")!),
    Known("'2001-01-01Z'::timestamptz", Date(timeIntervalSinceReferenceDate: 0)),
    Known("'2000-01-01Z'::timestamptz", Date(timeIntervalSince1970: 946_684_800)),
    Known("'2025-08-27 14:02:11.345Z'::timestamptz", Date(timeIntervalSince1970: 1_756_303_331.345)),
    Known("'1969-12-31 23:59:59.75Z'::timestamptz", Date(timeIntervalSince1970: -0.25)),
    Known("'1000-01-01 00:00:00.5Z'::timestamptz", Date(timeIntervalSince1970: -30_610_224_000 + 0.5)),
    Known("'2024-02-29'::date", PostgresDate("2024-02-29")!), Known("'0001-01-01'::date", PostgresDate("0001-01-01")!),
    Known("'9999-12-31'::date", PostgresDate("9999-12-31")!), Known("'1999-12-31'::date", PostgresDate(days: -1)),
  ])
  func `a scalar agrees with the server`(known: Known) throws { try known.check(Database.connect(), known.literal) }

  @Test(arguments: [
    Known("'{}'::text[]", [String]()), Known("'{a,\"\",\"b,c\"}'::text[]", ["a", "", "b,c"]),
    Known("'{a,NULL}'::text[]", ["a", nil] as [String?]),
    Known("'{1,-1}'::int8[]", [1, -1]), Known("'{1}'::int8[]", [1] as [Int64]),
    Known("'{NULL,7}'::int8[]", [nil, 7] as [Int64?]), Known("'{NULL}'::int8[]", [nil] as [Int?]),
    Known("'{3}'::int4[]", [3] as [Int32]), Known("'{-3,4}'::int2[]", [-3, 4] as [Int16]),
    Known("'{t,f}'::bool[]", [true, false]), Known("'{NULL,t}'::bool[]", [nil, true] as [Bool?]),
    Known("'{0.5,-2}'::float8[]", [0.5, -2]), Known("'{0.5,NULL}'::float8[]", [0.5, nil] as [Double?]),
    Known(
      "'{12345678-9abc-def0-1234-56789abcdef0}'::uuid[]", [UUID(uuidString: "12345678-9ABC-DEF0-1234-56789ABCDEF0")!]),
    Known("'{2001-01-01Z}'::timestamptz[]", [Date(timeIntervalSinceReferenceDate: 0)]),
    Known("'{NULL,2001-01-02Z}'::timestamptz[]", [nil, Date(timeIntervalSinceReferenceDate: 86_400)] as [Date?]),
    Known("'{2024-02-29,2000-01-01}'::date[]", [PostgresDate("2024-02-29")!, PostgresDate(days: 0)]),
    Known("ARRAY['\\x00'::bytea, ''::bytea]", [[0], []] as [[UInt8]]),
  ])
  func `an array agrees with the server`(known: Known) throws { try known.check(Database.connect(), known.literal) }

  @Test func `every text-like type reads as String`() throws {
    let row = try #require(
      Database.connect().rows(
        """
        SELECT 'a'::varchar AS varchar, 'a'::name AS name, 'a '::char(2) AS char, '{"a": 1}'::json AS json,
          '{"a":1}'::jsonb AS jsonb, ARRAY['{"a":1}'::jsonb] AS jsonbs, ARRAY['a'::varchar] AS varchars
        """
      ).first)
    #expect(try row["varchar"] == "a")
    #expect(try row["name"] == "a")
    #expect(try row["char"] == "a ")
    #expect(try row["json"] == "{\"a\": 1}")
    #expect(try row["jsonb"] == "{\"a\": 1}")
    #expect(try row["jsonbs"] == ["{\"a\": 1}"])
    #expect(try row["varchars"] == ["a"])
  }

  @Test func `narrower numbers widen and wider ones are refused`() throws {
    let row = try #require(
      Database.connect().rows("SELECT '-2'::int2 AS small, 7 AS middle, 8::int8 AS big, 0.5::float4 AS real").first)
    #expect(try row["small"] == Int32(-2))
    #expect(try row["small"] == Int64(-2))
    #expect(try row["small"] == -2)
    #expect(try row["middle"] == 7)
    #expect(try row["real"] == 0.5)
    #expect(throws: PostgresError.self) { try row["big"] as Int32 }
    #expect(throws: PostgresError.self) { try row["middle"] as Int16 }
    #expect(throws: PostgresError.self) { try row["middle"] as Double }
  }

  @Test func `infinite times are refused in both directions`() throws {
    let connection = try Database.connect()
    let row = try #require(
      connection.rows(
        "SELECT 'infinity'::timestamptz AS a, '-infinity'::timestamptz AS b, 'infinity'::date AS c"
      ).first)
    #expect(kind { try row["a"] as Date } == .valueOutOfRange)
    #expect(kind { try row["b"] as Date } == .valueOutOfRange)
    #expect(kind { try row["c"] as PostgresDate } == .valueOutOfRange)
    for time in [Double.nan, .infinity, -.infinity, 1e300, 9_223_339_708_800, -211_845_110_401] {
      let date = Date(timeIntervalSinceReferenceDate: time)
      #expect(kind { try connection.rows("SELECT \(date)") } == .valueOutOfRange)
    }
    #expect(connection.roundTrips == 1)
    let last = Date(timeIntervalSinceReferenceDate: 9_223_339_708_800 - 1)
    #expect(try connection.value("SELECT to_char(\(last) AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS value") == "294276-12-31")
    let first = Date(timeIntervalSinceReferenceDate: -211_845_110_400)
    #expect(
      try connection.value("SELECT to_char(\(first) AT TIME ZONE 'UTC', 'YYYY-MM-DD BC') AS value") == "4714-11-24 BC")
  }

  @Test func `a column that cannot be read names itself and not its value`() throws {
    let statement: SQL =
      "SELECT NULL::text AS empty, 'sentinel-value' AS text, ARRAY['x', NULL] AS list, 1.5 AS numeric"
    let row = try #require(Database.connect().rows(statement).first)
    #expect(kind { try row["empty"] as String } == .unexpectedNull)
    #expect(kind { try row["nothing"] as String } == .missingColumn)
    #expect(kind { try row["text"] as Int? } == .typeMismatch)
    #expect(kind { try row["empty"] as Int? } == .typeMismatch)
    #expect(kind { try row["numeric"] as Double } == .typeMismatch)
    #expect(kind { try row["list"] as [String] } == .unexpectedNull)
    #expect(try row["list"] as [String?] == ["x", nil])
    #expect(try row["empty"] as String? == nil)
    let error = #expect(throws: PostgresError.self) { try row["text"] as UUID }
    #expect(error?.column == "text")
    #expect(error?.statement == statement.text)
    #expect(error?.description == "typeMismatch, column text, in: \(statement.text)")
  }

  @Test func `an array of two dimensions is refused`() throws {
    let row = try #require(Database.connect().rows("SELECT ARRAY[[1, 2], [3, 4]] AS grid").first)
    #expect(kind { try row["grid"] as [Int] } == .malformedValue)
  }

  enum Tier: String, PostgresBindable, PostgresDecodable { case days, sessions }

  @Test func `an enum binds and reads as its raw value`() throws {
    let row = try #require(Database.connect().rows("SELECT \(Tier.sessions) AS tier, 'weeks' AS unknown").first)
    #expect(try row["tier"] == Tier.sessions)
    #expect(try row["tier"] == "sessions")
    #expect(kind { try row["unknown"] as Tier } == .malformedValue)
  }
}
