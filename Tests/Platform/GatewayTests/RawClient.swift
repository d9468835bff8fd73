import NIOCore
import NIOPosix

/// A client that sends what it is told, byte for byte, and reads what comes back.
struct RawClient: Sendable {
  typealias Connection = NIOAsyncChannel<ByteBuffer, ByteBuffer>

  enum Failure: Error {
    case endedInside(String)
    case notHTTP(String)
  }

  let port: Int

  /// Sends it all and reads until the server closes.
  /// - Parameter bodiless: which answers are to HEAD.
  func exchange(_ text: String, bodiless: Set<Int> = []) async throws -> [Answer] {
    try await exchange(text, bodiless: bodiless) { _ in }
  }

  func statuses(of text: String) async throws -> [Int] { try await exchange(text).map(\.status) }

  /// - Parameter more: sends the rest.
  func exchange(
    _ text: String, bodiless: Set<Int> = [],
    more: @Sendable (NIOAsyncChannelOutboundWriter<ByteBuffer>) async throws -> Void
  ) async throws -> [Answer] {
    try await open { received, sending in
      try await sending.write(ByteBuffer(string: text))
      try await more(sending)
      return try await received.answers(bodiless)
    }
  }

  func open<Result: Sendable>(
    _ body: @Sendable (inout Received, NIOAsyncChannelOutboundWriter<ByteBuffer>) async throws -> Result
  ) async throws -> Result {
    let connection = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
      .channelOption(.allowRemoteHalfClosure, value: true)
      .connect(host: "127.0.0.1", port: port) { channel in
        channel.eventLoop.makeCompletedFuture {
          // Without this `finish()` sends no FIN, and nobody hears that the client has said all.
          try Connection(
            wrappingChannelSynchronously: channel, configuration: .init(isOutboundHalfClosureEnabled: true))
        }
      }
    return try await connection.executeThenClose { incoming, sending in
      var received = Received(incoming.makeAsyncIterator())
      return try await body(&received, sending)
    }
  }

  /// What has come and was not looked at yet.
  struct Received {
    private var bytes = ByteBuffer()
    private var parts: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator

    init(_ parts: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator) { self.parts = parts }

    /// All until the end. A connection that is reset after the last answer has ended too.
    mutating func answers(_ bodiless: Set<Int> = []) async throws -> [Answer] {
      var answers: [Answer] = []
      while let answer = try await next(isBodiless: bodiless.contains(answers.count)) { answers.append(answer) }
      return answers
    }

    /// Nil at the end.
    mutating func next(isBodiless: Bool = false) async throws -> Answer? {
      guard let head = try await text(until: "\r\n\r\n") else { return nil }
      let lines = head.split(separator: "\r\n").map { String($0) }
      let words = lines[0].split(separator: " ")
      guard words.count > 1, words[0] == "HTTP/1.1", let status = Int(words[1]) else { throw Failure.notHTTP(head) }
      let fields = lines.dropFirst().map { line in
        let colon = line.firstIndex(of: ":") ?? line.endIndex
        return (name: String(line[..<colon]), value: String(line[colon...].dropFirst(2)))
      }
      let length = fields.first { $0.name.lowercased() == "content-length" }.flatMap { Int($0.value) } ?? 0
      let isEmpty = isBodiless || status < 200 || [204, 304].contains(status)
      return Answer(status: status, fields: fields, body: isEmpty ? ByteBuffer() : try await bytes(of: length))
    }

    private mutating func more() async throws -> Bool {
      do {
        guard var part = try await parts.next(isolation: #isolation) else { return false }
        bytes.writeBuffer(&part)
        return true
      } catch let error as IOError where error.errnoCode == 104 {  // ECONNRESET
        return false
      }
    }

    private mutating func text(until end: String) async throws -> String? {
      while true {
        let view = bytes.readableBytesView
        if let range = view.firstRange(of: Array(end.utf8)) {
          return bytes.readString(length: range.upperBound - view.startIndex)
        }
        guard try await more() else {
          guard view.isEmpty else { throw Failure.endedInside(String(buffer: bytes)) }
          return nil
        }
      }
    }

    private mutating func bytes(of length: Int) async throws -> ByteBuffer {
      while bytes.readableBytes < length {
        guard try await more() else { throw Failure.endedInside(String(buffer: bytes)) }
      }
      return bytes.readSlice(length: length) ?? ByteBuffer()
    }
  }
}
