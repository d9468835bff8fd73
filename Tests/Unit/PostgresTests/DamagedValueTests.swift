import FoundationEssentials
import Postgres
import TestSupport
import Testing

/// What a server that lies, or a wire that flips bits, can do to a decoder: be refused.
@Suite struct DamagedValueTests {
  @Test(arguments: 0..<500 as Range<UInt64>)
  func `damaged bytes are read or refused, never trapped on`(seed: UInt64) {
    var random = Seeded(seed)
    var encoder = PostgresEncoder()
    if random.next() & 1 == 1 {
      random.list { $0.text() }.encode(into: &encoder)
    } else {
      random.list { $0.next() & 1 == 1 ? Int64(bitPattern: $0.next()) : nil }.encode(into: &encoder)
    }
    var bytes = encoder.bytes
    for _ in 0..<random.next() % 4 {
      bytes[Int(random.next() % UInt64(bytes.count))] = UInt8(truncatingIfNeeded: random.next())
    }
    bytes.removeLast(Int(random.next() % 3))
    read([String?].self, bytes, .textArray)
    read([Int64].self, bytes, .int8Array)
    read([UUID].self, bytes, .uuidArray)
    read([Double?].self, bytes, .float8Array)
    read([Date].self, bytes, .timestamptzArray)
    read([PostgresDate].self, bytes, .dateArray)
    read([Bool].self, bytes, .boolArray)
    read(String.self, bytes, .jsonb)
  }

  @Test(arguments: [[], [0], [0, 0, 0, 0, 0, 0, 0, 0, 0]] as [[UInt8]])
  func `a number of the wrong size is refused`(bytes: [UInt8]) {
    #expect(kind { try Int32(postgres: bytes.span, type: .int4) } == (bytes.count == 1 ? nil : .malformedValue))
    #expect(kind { try Double(postgres: bytes.span, type: .float8) } == .malformedValue)
    #expect(kind { try UUID(postgres: bytes.span, type: .uuid) } == .malformedValue)
  }

  @Test(arguments: [[], [2, 0x7B, 0x7D], [1, 0xFF]] as [[UInt8]])
  func `jsonb of another version or broken UTF-8 is refused`(bytes: [UInt8]) {
    #expect(kind { try String(postgres: bytes.span, type: .jsonb) } == .malformedValue)
  }

  private func read<Value: PostgresDecodable>(_: Value.Type, _ bytes: [UInt8], _ type: PostgresType) {
    #expect(Value.reads(type))
    _ = try? Value(postgres: bytes.span, type: type)
  }
}
