/// A choice of weekdays, as a set of ISO 8601 numbers: 1 is Monday, 7 is Sunday.
package struct Weekdays: Sendable, Equatable {
  /// One bit a day, the lowest for Monday.
  package let bits: UInt8

  package static let none = Weekdays(bits: 0)

  /// - Parameter bits: above the seventh are ignored.
  package init(bits: UInt8) { self.bits = bits & 0b111_1111 }

  package init(_ weekdays: some Sequence<Int>) {
    self.init(bits: weekdays.filter((1...7).contains).reduce(0) { $0 | 1 << ($1 - 1) })
  }

  package var numbers: [Int] { (1...7).filter { bits & 1 << ($0 - 1) != 0 } }

  package func contains(_ date: LocalDate) -> Bool { bits & 1 << (date.isoWeekday - 1) != 0 }
}
