import Backend
import Foundation
import FunctionRuntime

/// What is read as pairs is read as the same pairs when every byte of them is escaped.
func checkQuery(_ input: [UInt8]) throws {
  let text = String(decoding: input, as: UTF8.self)
  let pairs: [(name: String, value: String)]
  do { pairs = try Query(parsing: text).pairs } catch {
    return try require(error.status == 400 && error.code == "invalid_query", "a query is refused with \(error.status)")
  }
  try require(pairs.count <= 64 && Set(pairs.map(\.name)).count == pairs.count, "a name comes twice, or too many come")
  try require(!pairs.contains { ($0.name + $0.value).utf8.contains(0) }, "a NUL came through")
  let spelled = pairs.map { "\(escaped($0.name))=\(escaped($0.value))" }.joined(separator: "&")
  guard let again = try? Query(parsing: spelled).pairs else { throw Violation("escaped pairs are refused") }
  try require(
    again.count == pairs.count
      && zip(again, pairs).allSatisfy {
        $0.name.utf8.elementsEqual($1.name.utf8) && $0.value.utf8.elementsEqual($1.value.utf8)
      },
    "escaped pairs are read as others")
}

private func escaped(_ text: String) -> String {
  text.utf8.map { "%" + String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
}

/// A cursor has one spelling. The input is also taken for the bytes of one, which is good unless its version is negative.
func checkCursor(_ input: [UInt8]) throws {
  let text = String(decoding: input, as: UTF8.self)
  if let cursor = UntrustedInput.cursor(text) {
    try require(cursor.utf8.elementsEqual(text.utf8), "a cursor has two spellings")
  }
  guard input.count == 24 else { return }
  let spelled = base64URL(Data([1] + input))
  try require(
    (UntrustedInput.cursor(spelled) != nil) == (input[16] < 0x80), "a cursor's version is not judged by its sign")
}
