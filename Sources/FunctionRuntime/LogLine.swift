import FoundationEssentials
import StrictJSON

package enum LogLevel: String, Sendable { case debug, info, warning, error }

/// One JSON object on one line, whatever it is given: values are cut, control characters escaped.
struct LogLine {
  static let messageBytesMax = 1024, valueBytesMax = 512, fieldsMax = 24

  let json: JSON

  init(_ level: LogLevel, _ message: String, _ fields: [String: JSON] = [:], requestID: String?, at date: Date) {
    var line = JSONObject([
      ("time", .string(date.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true)))),
      ("level", .string(level.rawValue)), ("message", .string(cut(message, to: LogLine.messageBytesMax))),
    ])
    if let requestID { line["request_id"] = .string(requestID) }
    for (name, value) in fields.sorted(by: { $0.key < $1.key }).prefix(LogLine.fieldsMax) where line[name] == nil {
      line[cut(name, to: 64)] = LogLine.capped(value)
    }
    json = .object(line)
  }

  /// A log that cannot be written is no reason to fail the request.
  func write(to descriptor: Int32) { try? Descriptor(descriptor).write(json.encoded + [UInt8(ascii: "\n")]) }

  private static func capped(_ value: JSON) -> JSON {
    switch value {
    case .null, .bool, .integer, .double: value
    case .string(let text): .string(cut(text, to: valueBytesMax))
    case .damaged, .array, .object, .raw: .string(cut(value.text, to: valueBytesMax))
    }
  }
}

/// At most `count` bytes, and never half a character.
private func cut(_ text: String, to count: Int) -> String {
  guard text.utf8.count > count else { return text }
  var end = text.utf8.index(text.startIndex, offsetBy: count)
  while end.samePosition(in: text.unicodeScalars) == nil { text.utf8.formIndex(before: &end) }
  return "\(text[..<end])…"
}
