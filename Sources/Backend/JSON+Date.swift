import BreathDomain
package import FoundationEssentials
import StrictJSON

extension JSON {
  /// As all times are written: UTC with milliseconds; null for none.
  package init(_ date: Date?) { self = date.map { .string("\(Timestamp($0).writable)") } ?? .null }
}
