import TestSupport

/// What can happen in a history. Each history gets its own choice (swarm testing), because errors hide behind one another:
/// with every fault on, no request lives long enough to meet a rare one.
package enum Feature: String, CaseIterable, Sendable {
  case oddSessions, dayReports, counters, deletions, foreignDeletions, settings, resets, conflicts, nonsense
  case crashes, skewedClocks, clockSteps, windows, smallPages, deaths
  case losses, refusals, delays, duplicates, kills
  case tiers, restores, unnoticedRestores
  case twins
}

extension Feature {
  /// Whether somebody does it, as opposed to what happens on the way.
  var isAct: Bool {
    switch self {
    case .counters, .deletions, .settings, .resets, .crashes, .clockSteps, .tiers, .restores, .conflicts: true
    case .oddSessions, .dayReports, .foreignDeletions, .nonsense, .skewedClocks, .windows, .smallPages, .deaths,
      .losses,
      .refusals, .delays, .duplicates, .kills, .unnoticedRestores, .twins:
      false
    }
  }
}

package struct Profile: Sendable {
  package var devices: Int
  package var operations: Int
  package var features: Set<Feature>
  /// What happens more often than anything else, so that what takes two of a kind is met too.
  package var favourite: Feature?

  /// - Parameter excluded: what the server under test cannot do.
  /// - Parameter twins: draws whether machines hold one another's sessions as their own: of its own, so that it disturbs
  ///   no other choice.
  init(_ random: inout Seeded, twins: inout Seeded, without excluded: Set<Feature> = []) {
    devices = Int(random.number(2...6))
    operations = Int(random.number(20...200))
    features = []
    for feature in Feature.allCases where feature != .twins {
      guard random.number(0...99) < Profile.chance(feature), !excluded.contains(feature) else { continue }
      features.insert(feature)
    }
    // A copy with other content may only come after the original, and a lost original makes it the first.
    if losesData { features.remove(.conflicts) }
    favourite = Feature.allCases.filter { features.contains($0) && $0.isAct }.randomElement(using: &random)
    // What is reported without its sessions cannot be told from another device's.
    let holdsTwins = twins.number(0...99) < Profile.chance(.twins)
    if holdsTwins, !has(.tiers), !excluded.contains(.twins) { features.insert(.twins) }
  }

  private static func chance(_ feature: Feature) -> Int64 {
    switch feature {
    case .tiers, .restores, .unnoticedRestores, .deaths: 20
    case .twins: 25
    default: 50
    }
  }

  package func has(_ feature: Feature) -> Bool { features.contains(feature) }

  /// Whether the server itself may come to lack what it had.
  var losesData: Bool { has(.restores) || has(.unnoticedRestores) || has(.tiers) }

  /// Whether a device may rightly find that its digest differs with nothing left to say (rule 4).
  var excusesRepairs: Bool { losesData }
}
