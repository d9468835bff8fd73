internal import NIOCore

/// Cuts a stream of bytes into lines.
struct LineBuffer {
  private var bytes = ByteBuffer()
  /// Bytes from the start of `bytes` that hold no line feed.
  private var searched = 0

  var isEmpty: Bool { bytes.readableBytes == 0 }
  var count: Int { bytes.readableBytes }

  mutating func append(_ more: ByteBuffer) {
    if isEmpty {
      bytes = more
    } else {
      bytes.writeImmutableBuffer(more)
    }
  }

  /// The next whole line, without its line feed.
  mutating func next() -> ByteBuffer? {
    guard let length = bytes.readableBytesView.dropFirst(searched).firstIndex(of: UInt8(ascii: "\n")) else {
      searched = bytes.readableBytes
      return nil
    }
    searched = 0
    let line = bytes.readSlice(length: length - bytes.readerIndex)
    bytes.moveReaderIndex(forwardBy: 1)
    return line
  }

  /// What came after the last line feed.
  mutating func rest() -> ByteBuffer {
    defer { self = LineBuffer() }
    return bytes
  }
}
