import BreathDomain
package import StrictJSON

/// The privacy tier of an account.
package enum Tier: String, Hashable, Sendable { case days, sessions }

/// One request of one device, in the words of the protocol.
package struct Call: Sendable {
  package enum Kind: Sendable {
    /// `POST /v1/sync` with this body.
    case sync(JSON)
    /// `PUT /v1/sync/detail`.
    case choose(Tier)
  }

  package let number: Int
  package let device: DeviceID
  package let kind: Kind
}

/// What came back for it.
package struct Answer: Sendable {
  package let status: Int
  package let body: JSON

  package init(status: Int, body: JSON) {
    self.status = status
    self.body = body
  }

  /// What a platform says that is too busy.
  static let unavailable = Answer(status: 503, body: ["code": "unavailable"])
}

/// Where a device's day begins and ends: whole hours from UTC, so that a date is a division.
package struct Zone: Hashable, Sendable {
  package let name: String
  package let hours: Int64

  package static let all = [
    Zone(name: "UTC", hours: 0), Zone(name: "Etc/GMT+6", hours: -6), Zone(name: "Etc/GMT-9", hours: 9),
  ]
}

extension Zone {
  /// `yyyy-MM-dd` where the device is.
  package func date(_ milliseconds: Int64) -> String {
    let dayMs: Int64 = 86_400_000
    let local = milliseconds + hours * 3_600_000
    let day = local / dayMs - (local % dayMs < 0 ? 1 : 0)
    return "\(LocalDate(daysSince1970: Int(day)))"
  }

  package init?(named name: String) {
    guard let zone = Zone.all.first(where: { $0.name == name }) else { return nil }
    self = zone
  }
}
