/// The descriptors of a process, by what they are for.
package struct Streams {
  let events: Descriptor
  let output: Descriptor
  let log: Descriptor
  /// Where the platform reads answers.
  let results: Descriptor

  package init(
    events: Descriptor = Descriptor(0), output: Descriptor = Descriptor(1), log: Descriptor = Descriptor(2),
    results: Descriptor = Descriptor(3)
  ) {
    self.events = events
    self.output = output
    self.log = log
    self.results = results
  }

  /// For piped use: answers keep standard output to themselves, and what a library prints goes to the log.
  static func piped() throws -> Streams {
    let output = try Descriptor(1).duplicated()
    try Descriptor(1).redirect(to: Descriptor(2))
    return Streams(output: output)
  }
}

/// As the platform runs us: a line in, a line out, sentinels in between. The only place that has `results`.
///
/// A second line for one event would answer the next caller, so anything unforeseen throws, and the process ends
/// rather than answers.
package struct ActionLoop {
  static let ready = Array("{\"ok\":true}\n".utf8)
  /// The platform closes an activation's log when it has seen this on both streams.
  static let sentinel = Array("XXX_THE_END_OF_A_WHISK_ACTIVATION_XXX\n".utf8)

  private let responder: Responder
  private let streams: Streams

  package init(responder: Responder, streams: Streams) {
    self.responder = responder
    self.streams = streams
  }

  func run() async throws {
    try streams.results.closeOnExec()
    try streams.results.write(ActionLoop.ready)
    var lines = LineReader(streams.events)
    while let line = try lines.next() {
      let answer =
        switch line {
        case .complete(let bytes): await responder.answer(bytes)
        case .tooLong: responder.refuse(Responder.lineTooLong)
        }
      try endLog()
      try send(answer)
    }
  }

  /// Before the answer, for the process may be frozen right after it.
  private func endLog() throws {
    flushStandardOutput()
    try streams.output.write(ActionLoop.sentinel)
    try streams.log.write(ActionLoop.sentinel)
  }

  package func send(_ answer: [UInt8]) throws {
    guard answer.first == UInt8(ascii: "{"), firstIndex(of: UInt8(ascii: "\n"), in: answer) == answer.count - 1
    else {
      throw BrokenInvariant.answerIsNotOneLine
    }
    try streams.results.write(answer)
  }
}

package enum BrokenInvariant: Error { case answerIsNotOneLine }

/// As people run us: `function < event.json`. Answers go to `output`, a line each.
struct PipedLoop {
  let responder: Responder
  let streams: Streams

  func run() async throws {
    var splitter = EventSplitter()
    var chunk = [UInt8](repeating: 0, count: LineReader.chunkBytes)
    while true {
      let count = try streams.events.read(into: &chunk)
      if count == 0 { break }
      for piece in splitter.split(chunk[..<count]) { try await answer(piece) }
    }
    if let rest = splitter.finish() { try await answer(rest) }
  }

  private func answer(_ piece: EventSplitter.Piece) async throws {
    let answer =
      switch piece {
      case .object(let bytes): await responder.answer(bytes)
      case .garbage: responder.refuse(Event.invalid("The input is not a JSON object."))
      case .tooLong: responder.refuse(Responder.lineTooLong)
      }
    try streams.output.write(answer)
  }
}
