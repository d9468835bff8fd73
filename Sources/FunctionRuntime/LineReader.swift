/// Lines from a descriptor. One that is too long is passed over without being kept.
package struct LineReader {
  package enum Line: Equatable {
    case complete([UInt8])
    case tooLong
  }

  package static let lineBytesMax = 8 << 20
  static let chunkBytes = 64 << 10

  private let source: Descriptor
  private let lineBytesMax: Int
  private var chunk = [UInt8](repeating: 0, count: LineReader.chunkBytes)
  private var unread = 0..<0

  package init(_ source: Descriptor, lineBytesMax: Int = LineReader.lineBytesMax) {
    self.source = source
    self.lineBytesMax = lineBytesMax
  }

  /// The next line without its line feed, which the last one may lack; nil at the end.
  package mutating func next() throws(DescriptorError) -> Line? {
    var line: [UInt8] = []
    var isTooLong = false
    while true {
      if unread.isEmpty {
        unread = 0..<(try source.read(into: &chunk))
        if unread.isEmpty { return isTooLong ? .tooLong : line.isEmpty ? nil : .complete(line) }
      }
      let lineFeed = firstIndex(of: UInt8(ascii: "\n"), in: chunk[unread])
      let part = unread.lowerBound..<(lineFeed ?? unread.upperBound)
      unread = min(part.upperBound + 1, unread.upperBound)..<unread.upperBound
      isTooLong = isTooLong || line.count + part.count > lineBytesMax
      if isTooLong { line = [] } else { line.append(contentsOf: chunk[part]) }
      if lineFeed != nil { return isTooLong ? .tooLong : .complete(line) }
    }
  }
}
