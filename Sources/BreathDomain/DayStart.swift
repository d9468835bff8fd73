package import StrictJSON

/// When a person's day begins, as `04:00`: what is practised before still belongs to the day before.
package struct DayStart {
  package let minutes: Int16

  package init(minutes: Int16) { self.minutes = minutes }

  package init(_ node: JSONNode) throws(JSONMismatch) {
    let digits = Array(try node.string(length: 5...5).utf8)
    let numbers = [digits.first, digits.dropFirst().first].compactMap(\.self) + digits.suffix(2)
    guard digits.count == 5, digits[2] == UInt8(ascii: ":"), numbers.allSatisfy({ (0x30...0x39).contains($0) }) else {
      throw node.mismatch("invalid_time", "must be a time of day like 04:00")
    }
    let values = numbers.map { Int16($0 - 0x30) }
    let (hour, minute) = (values[0] * 10 + values[1], values[2] * 10 + values[3])
    guard hour < 24, minute < 60 else { throw node.mismatch("invalid_time", "must be a time of day like 04:00") }
    minutes = hour * 60 + minute
  }

  package var text: String { "\(DayStart.twoDigits(minutes / 60)):\(DayStart.twoDigits(minutes % 60))" }

  private static func twoDigits(_ number: Int16) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
