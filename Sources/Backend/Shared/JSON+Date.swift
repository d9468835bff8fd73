import BreathDomain
import FoundationEssentials
import StrictJSON

extension JSON {
  /// As all times are written: UTC with milliseconds; null for none.
  init(_ date: Date?) { self = date.map { .string("\(Timestamp($0).writable)") } ?? .null }
}
