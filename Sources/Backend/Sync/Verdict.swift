import BreathDomain
package import StrictJSON

/// What became of one pushed item (docs/sync.md). Items that were simply stored are not listed.
package struct Verdict: Sendable {
  enum Status: String, Sendable {
    /// Stored, with a remark.
    case flagged
    /// Here already, with the same content.
    case duplicate
    /// Known now, but a newer value of another device, or of this one, counts.
    case superseded
    /// Here already, with other content; what was here stays.
    case conflict
    /// Deleted, or made before its device was cleared; it stays away.
    case tombstoned
    /// Not stored, and sending it again will not help.
    case rejected
  }

  package let pointer: JSONPointer
  let id: String?
  let status: Status
  let code: String?
  let detail: String?
  /// Whether it counts as stored all the same.
  private(set) var isStored: Bool

  init(_ pointer: JSONPointer, id: String?, _ status: Status, code: String? = nil, detail: String? = nil) {
    self.pointer = pointer
    self.id = id
    self.status = status
    self.code = code
    self.detail = detail
    isStored = status == .flagged
  }

  /// - Parameter mismatch: names the member that is wrong; the verdict names the item.
  static func rejected(_ item: JSONNode, _ mismatch: JSONMismatch) -> Verdict {
    let member = "\(mismatch.pointer)".dropFirst("\(item.pointer)".count + 1)
    return Verdict(
      item.pointer, id: item["id"].json?.string.map { String($0.unicodeScalars.prefix(128)) }, .rejected,
      code: mismatch.code,
      detail: member.isEmpty ? mismatch.detail : "\(member) \(mismatch.detail)")
  }

  static let heldByOtherDevice = "held_by_other_device"
  static let accountFull = "account_full"

  /// Nil when there is nothing to remark.
  /// - Parameter isTwin: another device of the account holds the same session.
  static func flagged(_ pointer: JSONPointer, id: String, _ flags: SessionFlags, isTwin: Bool) -> Verdict? {
    let twin = "Another device of this account has the same session: kept for both, it counts once."
    let remarks =
      (isTwin ? [(code: heldByOtherDevice, detail: twin)] : [])
      + SessionFlags.explained.filter { flags.contains($0.flag) }.map { (code: $0.code, detail: $0.detail) }
    guard let first = remarks.first else { return nil }
    return Verdict(
      pointer, id: id, .flagged, code: first.code, detail: remarks.map(\.detail).joined(separator: " "))
  }

  static func conflict(_ pointer: JSONPointer, id: String) -> Verdict {
    Verdict(status: "conflict", pointer, id: id)
  }

  /// - Parameter isStored: its device's newest statement, which another device's beats.
  static func superseded(_ pointer: JSONPointer, id: String, isStored: Bool = false) -> Verdict {
    var verdict = Verdict(
      pointer, id: id, .superseded, code: "newer_value", detail: "A newer value of this setting counts.")
    verdict.isStored = isStored
    return verdict
  }

  /// As the storing statements name what they did not store.
  init(status: String, _ pointer: JSONPointer, id: String) {
    switch status {
    case "duplicate": self.init(pointer, id: id, .duplicate)
    case "conflict":
      self.init(
        pointer, id: id, .conflict, code: "same_id_other_content",
        detail: "A session with this id and other content is here already; that one stays.")
    case "tombstoned":
      self.init(
        pointer, id: id, .tombstoned, code: "deleted", detail: "This session was deleted; it stays deleted.")
    case "before_reset":
      self.init(
        pointer, id: id, .tombstoned, code: status,
        detail: "The device's data was cleared after this was made; send its reset marker with every push.")
    case "device_left":
      self.init(
        pointer, id: id, .tombstoned, code: status,
        detail: "This device left the account and took its records along; drop the copy of them.")
    case "folded":
      self.init(
        pointer, id: id, .flagged, code: Refusal.detailIsDays,
        detail: "This account shares day totals only: the session counts in its day, and is not kept.")
    case "too_many_settings":
      self.init(
        pointer, id: id, .rejected, code: status,
        detail: "This account holds as many settings as an account may. Those that it has can still be changed.")
    case "too_many_devices":
      self.init(
        pointer, id: id, .rejected, code: status,
        detail: "This account knows as many devices as an account may. Remove some that are not used any more.")
    case Refusal.detailIsDays:
      self.init(
        pointer, id: id, .rejected, code: status,
        detail: "This account shares day totals only. Send days, or \"detail\": \"sessions\" to count in them.")
    case Verdict.accountFull:
      self.init(
        pointer, id: id, .rejected, code: status,
        detail: "This account has as many records as an account may have. Export it, then clear or delete old ones.")
    default:
      self.init(
        pointer, id: id, .rejected, code: "unknown_device",
        detail: "This account has no such device. Name it in push.devices to make it known.")
    }
  }

  /// - Parameter isShort: without the id, which the pointer leads to, and without the words, which the code stands for.
  func json(isShort: Bool = false) -> JSON {
    var members = JSONObject([("pointer", .string("\(pointer)"))])
    if !isShort { members["id"] = id.map(JSON.string) }
    members["status"] = .string(status.rawValue)
    members["code"] = code.map(JSON.string)
    if !isShort { members["detail"] = detail.map(JSON.string) }
    return .object(members)
  }
}

/// The verdicts of a push, and how many items met which end.
struct Verdicts {
  private(set) var list: [Verdict] = []
  private(set) var stored = 0
  var notices: [Notice] = []
  /// Duplicates that have no place of their own in what was sent.
  private var unlistedDuplicates = 0

  mutating func add(_ verdict: Verdict) {
    list.append(verdict)
    if verdict.isStored { stored += 1 }
  }

  mutating func addStored(_ count: Int) { stored += count }

  mutating func addUnlistedDuplicate() { unlistedDuplicates += 1 }

  private func count(_ statuses: Set<Verdict.Status>) -> Int {
    list.count { statuses.contains($0.status) && ($0.status == .flagged || !$0.isStored) }
  }

  /// `flagged` is part of `stored`; an item kept out for good, whatever the reason, is `rejected`.
  var accepted: JSON {
    [
      "stored": JSON(stored), "duplicate": JSON(count([.duplicate, .superseded]) + unlistedDuplicates),
      "flagged": JSON(count([.flagged])),
      "rejected": JSON(count([.rejected, .conflict, .tombstoned])),
    ]
  }

  var json: JSON { Verdicts.json(list[...]) }

  /// An import may name ten thousand items, and a reply holds 1 MB: so many are listed, and the rest is counted. A sync has no
  /// more than `Push` takes: five lists of 500.
  static let listedMax = 2500

  var verdictsOmitted: Int { max(0, list.count - Verdicts.listedMax) }

  var listedJSON: JSON { Verdicts.json(list.prefix(Verdicts.listedMax)) }
}

// MARK: - In bytes

extension Verdicts {
  /// What an answer has room for beside a page of changes (`breath.pull`), and what a short verdict takes at most: then
  /// every item still has its own, for one that has none counts as stored.
  private static let bytesMax = 400 * 1024, shortBytesMax = 150

  /// Each in full while those behind it still fit in short.
  private static func json(_ list: ArraySlice<Verdict>) -> JSON {
    var spare = bytesMax - list.count * shortBytesMax
    return .array(
      list.map { verdict in
        let bytes = verdict.json().encoded
        let more = bytes.count + 1 - shortBytesMax
        guard more <= spare else { return verdict.json(isShort: true) }
        spare -= max(0, more)
        return .raw(String(decoding: bytes, as: UTF8.self))
      })
  }
}
