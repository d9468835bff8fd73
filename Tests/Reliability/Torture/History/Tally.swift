/// How much was done, and what went wrong.
package struct Tally: Sendable, Equatable {
  package var histories = 0
  package var operations = 0
  package var deliveries = 0
  package var kills = 0
  package var crashes = 0
  package var restores = 0
  package var repairs = 0
  package var failures: [FailureKind: Int] = [:]

  package init() {}

  package static func + (a: Tally, b: Tally) -> Tally {
    var sum = a
    sum.histories += b.histories
    sum.operations += b.operations
    sum.deliveries += b.deliveries
    sum.kills += b.kills
    sum.crashes += b.crashes
    sum.restores += b.restores
    sum.repairs += b.repairs
    sum.failures.merge(b.failures, uniquingKeysWith: +)
    return sum
  }
}

/// How a history can go wrong.
package enum FailureKind: String, CaseIterable, Sendable {
  /// Something is gone that was acknowledged or is held.
  case lost
  /// Something counts more than it was practised.
  case doubled
  /// What was deleted or cleared is back.
  case resurrected
  /// Devices or the server do not agree, or do not come to rest.
  case diverged
  /// All agree in the end, but a device had to begin anew first. Never on the model; with real processes, whose requests
  /// overlap as they please, it happens, and why is open (docs/reliability.md).
  case repaired
}

package struct Failure: Error, Sendable, Equatable, CustomStringConvertible {
  package let kind: FailureKind
  package let what: String
  package var description: String { "\(kind): \(what)" }
}
