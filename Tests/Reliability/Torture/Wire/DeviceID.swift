/// A device's id as the protocol writes it: a UUID in lower case.
package struct DeviceID: Hashable, Comparable, Sendable, CustomStringConvertible {
  package let text: String

  package init(_ text: String) { self.text = text }

  package static func < (a: DeviceID, b: DeviceID) -> Bool { a.text < b.text }

  package var description: String { String(text.prefix(4)) }
}

/// What a session and its deletion are found by.
package struct RecordKey: Hashable, Comparable, Sendable, CustomStringConvertible {
  package let device: DeviceID
  package let id: String

  package static func < (a: RecordKey, b: RecordKey) -> Bool { (a.device, a.id) < (b.device, b.id) }

  package var description: String { "\(device)/\(id)" }
}

/// What a day total is found by.
package struct DayKey: Hashable, Comparable, Sendable, CustomStringConvertible {
  package let device: DeviceID
  package let date: String

  package static func < (a: DayKey, b: DayKey) -> Bool { (a.device, a.date) < (b.device, b.date) }

  package var description: String { "\(device)/\(date)" }
}
