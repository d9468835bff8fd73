import Postgres
import Testing

@Suite struct FlightTests {
  @Test func `statements of a flight see one another and cost one round trip`() throws {
    let connection = try Database.connect()
    let results = try connection.flight([
      "CREATE TEMP TABLE notes (id int8 PRIMARY KEY, body text)",
      "INSERT INTO notes (id, body) SELECT * FROM unnest(\([1, 2, 3]), \(["a", nil, "c"]))",
      "SELECT id, body FROM notes ORDER BY id",
    ])
    #expect(connection.roundTrips == 1)
    #expect(results.map(\.count) == [0, 0, 3])
    #expect(results[1].affected == 3)
    #expect(try results[2].map { row throws(PostgresError) -> String? in try row["body"] } == ["a", nil, "c"])
    #expect(try results[2].map { row throws(PostgresError) -> Int in try row["id"] } == [1, 2, 3])
    #expect(connection.isUsable)
  }

  @Test func `a failing statement rolls back those before it and leaves the connection usable`() throws {
    let connection = try Database.connect()
    _ = try connection.rows("CREATE TEMP TABLE notes (id int8 CONSTRAINT notes_key PRIMARY KEY)")
    let error = #expect(throws: PostgresError.self) {
      try connection.flight([
        "INSERT INTO notes (id) VALUES (\(1))",
        "INSERT INTO notes (id) VALUES (\(1))",
        "INSERT INTO notes (id) VALUES (\(2))",
      ])
    }
    #expect(error?.sqlState == "23505")
    #expect(error?.constraint == "notes_key")
    #expect(error?.statement == "INSERT INTO notes (id) VALUES ($1)")
    #expect(error?.isInDoubt == false)
    #expect(connection.isUsable)
    #expect(try connection.rows("SELECT id FROM notes").isEmpty)
  }
}
