import Postgres
import StrictJSON

/// What the storing functions in SQL say of an item that they did not simply store. Their words and no others: a word that
/// is not here fails the request, and a test reads them out of the functions.
package enum Outcome: String, CaseIterable, Sendable, PostgresDecodable {
  /// The same is here already.
  case duplicate
  /// Another session has its id.
  case conflict
  case tombstoned
  /// Counted in its day, and not kept.
  case folded
  /// Stored, and the same as a session of another device.
  case heldByOtherDevice = "held_by_other_device"
  /// A newer statement about the setting counts.
  case superseded
  case beforeReset = "before_reset"
  case deviceLeft = "device_left"
  case unknownDevice = "unknown_device"
  case detailIsDays = "detail_is_days"
  case accountFull = "account_full"
  case tooManySettings = "too_many_settings"
}

extension Verdict {
  init(_ outcome: Outcome, _ pointer: JSONPointer, id: String) {
    self.init(pointer, id: id, outcome.status, code: outcome.code, detail: outcome.detail)
  }
}

extension Outcome {
  fileprivate var status: Verdict.Status {
    switch self {
    case .duplicate: .duplicate
    case .conflict: .conflict
    case .tombstoned, .beforeReset, .deviceLeft: .tombstoned
    case .folded, .heldByOtherDevice: .flagged
    case .superseded: .superseded
    case .unknownDevice, .detailIsDays, .accountFull, .tooManySettings: .rejected
    }
  }

  fileprivate var code: String? {
    switch self {
    case .duplicate: nil
    case .conflict: "same_id_other_content"
    case .tombstoned: "deleted"
    case .folded: Outcome.detailIsDays.rawValue
    case .superseded: "newer_value"
    case .heldByOtherDevice, .beforeReset, .deviceLeft, .unknownDevice, .detailIsDays, .accountFull, .tooManySettings:
      rawValue
    }
  }

  fileprivate var detail: String? {
    switch self {
    case .duplicate: nil
    case .conflict: "A session with this id and other content is here already; that one stays."
    case .tombstoned: "This session was deleted; it stays deleted."
    case .folded: "This account shares day totals only: the session counts in its day, and is not kept."
    case .heldByOtherDevice: "Another device of this account has the same session: kept for both, it counts once."
    case .superseded: "A newer value of this setting counts."
    case .beforeReset: "The device's data was cleared after this was made; send its reset marker with every push."
    case .deviceLeft: "This device left the account and took its records along; drop the copy of them."
    case .unknownDevice: "This account has no such device. Name it in push.devices to make it known."
    case .detailIsDays:
      "This account shares day totals only. Send days, or \"detail\": \"sessions\" to count in them."
    case .accountFull:
      "This account has as many records as an account may have. Export it, then clear or delete old ones."
    case .tooManySettings:
      "This account holds as many settings as an account may. Those that it has can still be changed."
    }
  }
}
