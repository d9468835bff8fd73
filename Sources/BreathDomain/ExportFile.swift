package import StrictJSON

/// An export of the extension, of any generation (docs/design/practice.md, "The export file"): `{"exportDate",
/// "breathMaster": {"meditation", "onboarding", "version"}}`. Reading it is lenient where real files are odd; a session
/// that cannot be read is kept as a complaint with its place, and never stops the others.
package struct ExportFile: Sendable {
  package enum Record: Sendable {
    case session(Session, pointer: JSONPointer)
    case unreadable(JSONMismatch, item: JSONNode)
  }

  package var exportedAt: Timestamp?
  package var records: [Record]
  package var counters: Counters
  /// The store had been wrapped by version 0.3.3, and the numbers inside and outside of the wrapper were united.
  package var wasSalvaged: Bool

  package var sessions: [Session] {
    records.compactMap { if case .session(let session, _) = $0 { session } else { nil } }
  }

  /// - Throws: when it is no export at all: no object, or nothing named `meditation` in it.
  package init(_ document: JSONNode) throws(JSONMismatch) {
    let root = try document.object()
    let meditation = root["breathMaster"]["meditation"]
    guard meditation.json?.object != nil else {
      throw meditation.mismatch(
        "not_an_export", "must be what Breath Master's \"Export data\" wrote: breathMaster.meditation is missing")
    }
    exportedAt = root["exportDate"].json?.string.flatMap { Timestamp($0) }
    let stores = ExportFile.stores(in: meditation)
    wasSalvaged = stores.count > 1
    counters = stores.reduce(Counters()) { $0.merged(with: ExportFile.counters(in: $1)) }
    records = ExportFile.records(in: stores)
  }

  /// The oldest first: a wrapped store holds the one from before as `payload`.
  private static func stores(in meditation: JSONNode) -> [JSONNode] {
    let payload = meditation["payload"]
    return (payload.json?.object == nil ? [] : stores(in: payload)) + [meditation]
  }

  /// Numbers that are no numbers count as absent: the file is all the person has.
  private static func counters(in store: JSONNode) -> Counters {
    let readable = JSONObject(
      (store.json?.object?.members ?? []).filter { $0.value.double != nil })
    return (try? Counters(JSONNode(.object(readable)))) ?? Counters()
  }

  /// The union by id; a repeated id with the same content is one record, and of two that differ both are
  /// kept, for the server to call the second a conflict.
  private static func records(in stores: [JSONNode]) -> [Record] {
    var seen: Set<String> = []
    return stores.flatMap { store in records(in: store["sessions"]) }.filter { record in
      guard case .session(let session, _) = record else { return true }
      return seen.insert(session.canonicalText).inserted
    }
  }

  /// What is no list is one complaint: practice that is there must not be passed over in silence.
  private static func records(in list: JSONNode) -> [Record] {
    guard list.exists else { return [] }
    do throws(JSONMismatch) {
      return try list.items().map(record)
    } catch {
      return [.unreadable(error, item: list)]
    }
  }

  private static func record(_ node: JSONNode) -> Record {
    do throws(JSONMismatch) {
      return .session(try Session(node), pointer: node.pointer)
    } catch {
      return .unreadable(error, item: node)
    }
  }
}
