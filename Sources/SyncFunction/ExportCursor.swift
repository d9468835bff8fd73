import Backend
import FoundationEssentials

/// How far an export has come: `base64url(form, cursor)` of the records, and behind them, with another form, where in what
/// else is kept.
struct ExportCursor: Hashable {
  /// A line of `breath.kept_besides`.
  struct Place: Hashable {
    let kind: UInt8
    let key: Int64
  }

  let records: Cursor
  /// Nil before the first of them.
  let besides: Place?

  private static let form: UInt8 = 2

  init(records: Cursor, besides: Place?) { (self.records, self.besides) = (records, besides) }

  init?(_ text: String) {
    if let cursor = Cursor(text) {
      self.init(records: cursor, besides: nil)
      return
    }
    guard let bytes = Base64URL.decode(text), bytes.count == 34, bytes[0] == ExportCursor.form,
      let cursor = Cursor(life: bytes[1..<17], version: bytes[17..<25])
    else { return nil }
    self.init(records: cursor, besides: Place(kind: bytes[25], key: Int64(bigEndian: bytes[26...])))
  }

  var text: String {
    guard let besides else { return records.text }
    return Base64URL.encode([ExportCursor.form] + records.bytes + [besides.kind] + besides.key.bigEndianBytes)
  }
}
