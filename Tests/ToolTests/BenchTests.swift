import Testing

@Suite struct BenchTests {
  @Test func `a request waits for the database once, counted on the wire`() throws {
    let result = try Tool()("bench", "--quick", "--only", "round-trips")
    #expect(result.status == 0, "\(result.notes)")
    let rows = result.output.split(separator: "\n").filter { $0.hasPrefix("round trips") }
    #expect(rows.count == 4)
    for row in rows { #expect(row.contains("  1         ≤ 1     met  "), "\(row)") }
  }
}
