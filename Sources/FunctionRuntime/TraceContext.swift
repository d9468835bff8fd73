/// W3C Trace Context: the caller's trace goes on with a new span, or a fresh one begins.
struct TraceContext: Equatable {
  let traceID: String
  let spanID: String
  let isSampled: Bool

  var traceparent: String { "00-\(traceID)-\(spanID)-\(isSampled ? "01" : "00")" }

  init(continuing traceparent: String?, _ world: World) {
    let parent = traceparent.flatMap(TraceContext.init(parsing:))
    traceID = parent?.traceID ?? world.hex(digits: 32)
    spanID = world.hex(digits: 16)
    isSampled = parent?.isSampled ?? false
  }

  /// Nil for all but `version-trace-parent-flags` in lower case; a later version may append fields.
  init?(parsing traceparent: String) {
    let fields = traceparent.split(separator: "-", omittingEmptySubsequences: false)
    guard fields.count >= 4, fields[0] == "00" ? fields.count == 4 : TraceContext.isHex(fields[0], digits: 2),
      fields[0] != "ff", TraceContext.isID(fields[1], digits: 32), TraceContext.isID(fields[2], digits: 16),
      TraceContext.isHex(fields[3], digits: 2), let flags = UInt8(fields[3], radix: 16)
    else { return nil }
    traceID = String(fields[1])
    spanID = String(fields[2])
    isSampled = flags & 1 == 1
  }

  private static func isHex(_ text: Substring, digits: Int) -> Bool {
    text.utf8.count == digits && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
  }

  /// All zero means "none".
  private static func isID(_ text: Substring, digits: Int) -> Bool {
    isHex(text, digits: digits) && text.contains { $0 != "0" }
  }
}
