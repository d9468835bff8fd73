import BreathDomain
import StrictJSON

/// What became of one pushed item. Items that were simply stored are not listed.
struct Verdict: Sendable {
  enum Status: String, Sendable {
    /// Stored, with a remark.
    case flagged
    /// Here already, with the same content.
    case duplicate
    /// Here already, with other content; what was here stays.
    case conflict
    /// Deleted before; it stays deleted.
    case tombstoned
    /// Not stored, and sending it again will not help.
    case rejected
  }

  let pointer: JSONPointer
  let id: String?
  let status: Status
  let code: String?
  let detail: String?

  init(_ pointer: JSONPointer, id: String?, _ status: Status, code: String? = nil, detail: String? = nil) {
    self.pointer = pointer
    self.id = id
    self.status = status
    self.code = code
    self.detail = detail
  }

  /// - Parameter mismatch: names the member that is wrong; the verdict names the item.
  static func rejected(_ item: JSONNode, _ mismatch: JSONMismatch) -> Verdict {
    let member = "\(mismatch.pointer)".dropFirst("\(item.pointer)".count + 1)
    return Verdict(
      item.pointer, id: item["id"].json?.string.map { String($0.prefix(128)) }, .rejected, code: mismatch.code,
      detail: member.isEmpty ? mismatch.detail : "\(member) \(mismatch.detail)")
  }

  /// Nil when there is nothing to remark.
  static func flagged(_ pointer: JSONPointer, id: String, _ flags: SessionFlags) -> Verdict? {
    let remarks = SessionFlags.explained.filter { flags.contains($0.flag) }
    guard let first = remarks.first else { return nil }
    return Verdict(
      pointer, id: id, .flagged, code: first.code, detail: remarks.map(\.detail).joined(separator: " "))
  }

  var json: JSON {
    var members = JSONObject([("pointer", .string("\(pointer)"))])
    members["id"] = id.map(JSON.string)
    members["status"] = .string(status.rawValue)
    members["code"] = code.map(JSON.string)
    members["detail"] = detail.map(JSON.string)
    return .object(members)
  }
}

/// The verdicts of a push, and how many items met which end.
struct Verdicts {
  private(set) var list: [Verdict] = []
  private(set) var stored = 0
  /// Duplicates that have no place of their own in what was sent.
  private var unlistedDuplicates = 0

  mutating func add(_ verdict: Verdict) {
    list.append(verdict)
    if verdict.status == .flagged { stored += 1 }
  }

  mutating func addStored(_ count: Int) { stored += count }

  mutating func addUnlistedDuplicate() { unlistedDuplicates += 1 }

  private func count(_ statuses: Set<Verdict.Status>) -> Int { list.count { statuses.contains($0.status) } }

  /// `flagged` is part of `stored`; an item kept out for good, whatever the reason, is `rejected`.
  var accepted: JSON {
    [
      "stored": JSON(stored), "duplicate": JSON(count([.duplicate]) + unlistedDuplicates), "flagged": JSON(count([.flagged])),
      "rejected": JSON(count([.rejected, .conflict, .tombstoned])),
    ]
  }

  var json: JSON { .array(list.map(\.json)) }

  /// An import may name ten thousand items, and a reply holds 1 MB: so many are listed, and the rest is counted.
  static let listedMax = 2500

  var verdictsOmitted: Int { max(0, list.count - Verdicts.listedMax) }

  var listedJSON: JSON { .array(list.prefix(Verdicts.listedMax).map(\.json)) }
}
