import Backend
import BreathDomain
import Postgres
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
  package let id: String?
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

  static func tooManyDevices(_ pointer: JSONPointer, id: String) -> Verdict {
    Verdict(
      pointer, id: id, .rejected, code: "too_many_devices",
      detail: "This account knows as many devices as an account may. Remove some that are not used any more.")
  }

  /// Nil when there is nothing to remark.
  /// - Parameter isTwin: another device of the account holds the same session.
  static func flagged(_ pointer: JSONPointer, id: String, _ flags: SessionFlags, isTwin: Bool) -> Verdict? {
    let twin = isTwin ? Verdict(.heldByOtherDevice, pointer, id: id) : nil
    let flags = SessionFlags.explained.filter { flags.contains($0.flag) }
    guard let code = twin?.code ?? flags.first?.code else { return nil }
    let details = [twin?.detail].compactMap(\.self) + flags.map(\.detail)
    return Verdict(pointer, id: id, .flagged, code: code, detail: details.joined(separator: " "))
  }

  /// - Parameter isStored: its device's newest statement, which another device's beats.
  static func superseded(_ pointer: JSONPointer, id: String, isStored: Bool = false) -> Verdict {
    var verdict = Verdict(.superseded, pointer, id: id)
    verdict.isStored = isStored
    return verdict
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
package struct Verdicts {
  private(set) var list: [Verdict] = []
  private(set) var stored = 0
  private(set) var notices: [Notice]
  /// Duplicates that have no place of their own in what was sent.
  private var unlistedDuplicates = 0

  init(_ list: [Verdict] = [], notices: [Notice] = []) {
    self.notices = notices
    for verdict in list { add(verdict) }
  }

  mutating func add(_ others: Verdicts) {
    list += others.list
    stored += others.stored
    notices += others.notices
    unlistedDuplicates += others.unlistedDuplicates
  }

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

// MARK: - From SQL

extension Verdicts {
  /// - Parameter rows: of a storing function: `place`, from 1, and `status` of each item that it did not simply store.
  init<Item>(
    _ rows: ResultSet, of items: [Item], _ verdict: (Item, Outcome, Row) throws -> Verdict
  ) throws {
    self.init()
    for row in rows {
      let place: Int32 = try row["place"]
      add(try verdict(items[Int(place) - 1], try row["status"], row))
    }
    addStored(items.count - rows.count)
  }
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
