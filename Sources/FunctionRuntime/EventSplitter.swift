/// Cuts a stream into its events: JSON objects on one line or on many, with or without line feeds between them.
///
/// It only counts brackets; whether a piece is JSON is the parser's to say. A `{` in the first column inside of an
/// object means that the object before it was never finished: it is given up, and reading goes on from there.
package struct EventSplitter {
  package enum Piece: Equatable {
    case object([UInt8])
    /// A line, or the beginning of an object, that is no event.
    case garbage
    case tooLong
  }

  private enum Place { case between, garbage, object }

  private let objectBytesMax: Int
  private var place = Place.between
  private var atLineStart = true
  private var object: [UInt8] = []
  private var isTooLong = false
  private var depth = 0
  private var inString = false
  private var escaped = false

  package init(objectBytesMax: Int = LineReader.lineBytesMax) { self.objectBytesMax = objectBytesMax }

  package mutating func split(_ bytes: some Sequence<UInt8>) -> [Piece] { bytes.compactMap { take($0) } }

  /// What the end of input leaves unfinished.
  package mutating func finish() -> Piece? {
    defer { place = .between }
    return switch place {
    case .between: nil
    case .garbage: .garbage
    case .object: isTooLong ? .tooLong : .garbage
    }
  }

  private mutating func take(_ byte: UInt8) -> Piece? {
    defer { atLineStart = byte == UInt8(ascii: "\n") }
    switch place {
    case .between:
      if byte == UInt8(ascii: "{") { begin() } else if !" \t\r\n".utf8.contains(byte) { place = .garbage }
      return nil
    case .garbage:
      guard byte == UInt8(ascii: "\n") else { return nil }
      place = .between
      return .garbage
    case .object:
      guard byte == UInt8(ascii: "{"), atLineStart else { return add(byte) }
      defer { begin() }
      return isTooLong ? .tooLong : .garbage
    }
  }

  private mutating func begin() {
    place = .object
    object = [UInt8(ascii: "{")]
    (isTooLong, depth, inString, escaped) = (false, 1, false, false)
  }

  private mutating func add(_ byte: UInt8) -> Piece? {
    isTooLong = isTooLong || object.count == objectBytesMax
    if isTooLong { object = [] } else { object.append(byte) }
    count(byte)
    guard depth == 0 else { return nil }
    place = .between
    defer { object = [] }
    return isTooLong ? .tooLong : .object(object)
  }

  /// No string goes on past the end of a line, so a quote that is missing spoils one object and not all after it.
  private mutating func count(_ byte: UInt8) {
    switch byte {
    case UInt8(ascii: "\n"): (inString, escaped) = (false, false)
    case _ where escaped: escaped = false
    case UInt8(ascii: "\\") where inString: escaped = true
    case UInt8(ascii: "\""): inString.toggle()
    case _ where inString: break
    case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
    case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
    default: break
    }
  }
}
