import Postgres
import Testing

/// The lines of a ledger are in an order that their account decides by itself.
@Suite struct LedgerNumberTests {
  private static func line(of filled: FilledAccount) -> SQL {
    """
    INSERT INTO breath.push_ledger (account_id, device_id, request_id, kind, stored, duplicate, rejected)
    VALUES (\(filled.account), \(filled.device), 'r', 'signed_out', 0, 0, 0)
    """
  }

  private static func entries(of filled: FilledAccount) throws -> [Int64] {
    try Database.connect().rows(
      "SELECT entry FROM breath.push_ledger WHERE account_id = \(filled.account) ORDER BY entry"
    )
    .map { row in try row["entry"] }
  }

  @Test(arguments: ["sync", "auth"])
  func `a line is after the one before it, also when that one's clock was ahead, and for no other account`(role: String)
    throws
  {
    let (mine, other) = (try FilledAccount(), try FilledAccount())
    let ahead: Int64 = 4_102_444_800_000_000  // in the year 2100
    _ = try Database.connect().rows("UPDATE breath.push_ledger SET entry = \(ahead) WHERE account_id = \(mine.account)")
    let connection = try Database.connect(role)
    let line = LedgerNumberTests.line(of: mine)
    _ = try connection.pipeline([mine.enter, line, line])
    _ = try connection.pipeline([other.enter, LedgerNumberTests.line(of: other)])
    #expect(try LedgerNumberTests.entries(of: mine) == [ahead, ahead + 1, ahead + 2])
    #expect(try LedgerNumberTests.entries(of: other).allSatisfy { $0 < ahead })
  }

  @Test func `lines of one statement have numbers of their own`() throws {
    let mine = try FilledAccount()
    _ = try Database.connect().rows(
      """
      INSERT INTO breath.push_ledger (account_id, device_id, request_id, kind, stored, duplicate, rejected)
      SELECT \(mine.account), \(mine.device), 'r', 'days', n, 0, 0 FROM generate_series(1, 100) n
      """)
    let stored: [Int32] = try Database.connect().rows(
      "SELECT stored FROM breath.push_ledger WHERE account_id = \(mine.account) ORDER BY entry"
    ).map { row in try row["stored"] }
    #expect(stored == Array(0...100))
  }

  @Test func `lines that move to an account where a number is taken keep their order`() throws {
    let (source, target) = (try FilledAccount(), try FilledAccount())
    let connection = try Database.connect()
    _ = try connection.pipeline([
      LedgerNumberTests.line(of: source),
      """
      UPDATE breath.push_ledger SET entry = CASE WHEN kind = 'sessions' THEN 42 ELSE 43 END
      WHERE account_id IN (\(source.account), \(target.account))
      """,
      "SELECT breath.move_ledger(\(source.account), \(target.account), ARRAY[\(source.device)])",
    ])
    #expect(try LedgerNumberTests.entries(of: target) == [42, 43, 44])
    #expect(try LedgerNumberTests.entries(of: source) == [])
  }
}
