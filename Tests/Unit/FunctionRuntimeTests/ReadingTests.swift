import Dispatch
import FunctionRuntime
import Glibc
import StrictJSON
import TestSupport
import Testing

@Suite struct EventSplitterTests {
  private func split(_ text: String, max: Int = 100, chunk: Int = 1) -> [String] {
    var splitter = EventSplitter(objectBytesMax: max)
    let bytes = Array(text.utf8)
    var pieces: [EventSplitter.Piece] = []
    for start in stride(from: 0, to: bytes.count, by: chunk) {
      pieces += splitter.split(bytes[start..<min(start + chunk, bytes.count)])
    }
    return (pieces + [splitter.finish()].compactMap { $0 }).map { piece in
      switch piece {
      case .object(let bytes): String(decoding: bytes, as: UTF8.self)
      case .garbage: "garbage"
      case .tooLong: "too long"
      }
    }
  }

  static let streams: [(String, [String])] = [
    ("", []), (" \r\n\t", []), ("{}", ["{}"]), ("{}\n{}", ["{}", "{}"]), ("{}{} {}", ["{}", "{}", "{}"]),
    ("  {\"a\":1}\r\n", ["{\"a\":1}"]), ("{\n \"a\": [\n  {}\n ]\n}\n", ["{\n \"a\": [\n  {}\n ]\n}"]),
    (#"{"a":"}{\"}"}{}"#, [#"{"a":"}{\"}"}"#, "{}"]), (#"{"a":"\\"}{}"#, [#"{"a":"\\"}"#, "{}"]),
    ("x\ny z\n{}", ["garbage", "garbage", "{}"]), ("x {}\n{}", ["garbage", "{}"]),
    ("{} x\n{}", ["{}", "garbage", "{}"]),
    ("}\n{}", ["garbage", "{}"]), ("[{}]\n{}", ["garbage", "{}"]), ("{\"a\":\n{}", ["garbage", "{}"]),
    ("{\"a\":\"x\n{}", ["garbage", "{}"]), ("{\"a\":\"x\\\n{}", ["garbage", "{}"]),
    ("{\n \"a\": \"x,\n \"b\": 1\n}\n{}", ["{\n \"a\": \"x,\n \"b\": 1\n}", "{}"]), ("{[}\n{}", ["garbage", "{}"]),
    ("{", ["garbage"]), ("x", ["garbage"]), ("{\"a\":1", ["garbage"]), ("\u{FEFF}{}\n{}", ["garbage", "{}"]),
    ("{\n{\n{\n{}", ["garbage", "garbage", "garbage", "{}"]),
  ]

  @Test(arguments: streams) func `a stream is cut into its objects`(text: String, pieces: [String]) {
    for chunk in [1, 2, 3, 7, 1000] { #expect(split(text, chunk: chunk) == pieces) }
  }

  @Test func `an object that is too long is passed over, whatever follows it`() {
    let filler = String(repeating: "x", count: 20)
    #expect(split("{\"a\":\"\(filler)\"}{}", max: 10) == ["too long", "{}"])
    #expect(split("{\"a\":\"\(filler)\n{}", max: 10) == ["too long", "{}"])
    #expect(split("{\"a\":\"\(filler)", max: 10) == ["too long"])
    #expect(split("{\"a\":12}{\"a\":123}{\"a\":12}", max: 8) == ["{\"a\":12}", "too long", "{\"a\":12}"])
    #expect(split("\(filler)\n{}", max: 10) == ["garbage", "{}"])
  }

  @Test(arguments: 0..<200) func `a list of objects is found again however it is printed and cut`(seed: UInt64) {
    var random = Seeded(seed)
    let objects = (0..<10).map { number in
      let inner = String(repeating: #"{"k":"}\\\"{"}"#, count: 1)
      return Bool.random(using: &random)
        ? #"{"n":\#(number),"v":[\#(inner)]}"# : "{\n  \"n\": \(number),\n  \"v\": [\n    \(inner)\n  ]\n}"
    }
    let gaps = ["", "\n", "\r\n", " ", "\n\n"]
    let text = objects.map { $0 + random.pick(gaps) }.joined()
    #expect(split(text, chunk: Int.random(in: 1...50, using: &random)) == objects)
  }
}

@Suite struct LineReaderTests {
  private func lines(_ text: String, max: Int = 5) throws -> [String] {
    let file = try ScratchFile(Array(text.utf8))
    var reader = LineReader(file.descriptor, lineBytesMax: max)
    var lines: [String] = []
    while let line = try reader.next() {
      switch line {
      case .complete(let bytes): lines.append(String(decoding: bytes, as: UTF8.self))
      case .tooLong: lines.append("too long")
      }
    }
    return lines
  }

  @Test(arguments: [
    ("", []), ("\n", [""]), ("a", ["a"]), ("a\n", ["a"]), ("a\n\nb", ["a", "", "b"]), ("12345\n", ["12345"]),
    ("123456\n", ["too long"]), ("123456", ["too long"]), ("123456\n\n12345\n", ["too long", "", "12345"]),
  ])
  func `lines are told apart, and long ones passed over`(text: String, expected: [String]) throws {
    #expect(try lines(text) == expected)
  }

  @Test func `lines longer than a chunk arrive whole`() throws {
    let long = (0..<50_000).map { "\($0)" }.joined(separator: ",")
    #expect(try lines("\(long)\n\(long)\nx", max: 1 << 20) == [long, long, "x"])
  }

  @Test func `a descriptor that cannot be read is an error`() {
    var reader = LineReader(Descriptor(-1))
    #expect(throws: DescriptorError(call: "read", code: EBADF)) { try reader.next() }
  }
}

@Suite struct DescriptorTests {
  @Test func `a pipe takes a mebibyte piece by piece`() throws {
    let pipe = try Pipe()
    let bytes = (0..<1_048_576).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    DispatchQueue.global().async {
      try? pipe.writer.write(bytes)
      pipe.writer.close()
    }
    var received: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 10_000)
    while true {
      let count = try pipe.reader.read(into: &chunk)
      if count == 0 { break }
      received += chunk[..<count]
    }
    #expect(received == bytes)
    pipe.reader.close()
  }

  @Test func `a signal interrupts neither reading nor writing`() throws {
    var action = sigaction()
    unsafe action.__sigaction_handler.sa_handler = { _ in }
    #expect(unsafe sigaction(SIGUSR2, &action, nil) == 0, "installed without SA_RESTART: calls end with EINTR")
    var signals = sigset_t()
    unsafe sigaddset(&signals, SIGUSR2)
    #expect(unsafe pthread_sigmask(SIG_UNBLOCK, &signals, nil) == 0, "Dispatch blocks signals on its threads")
    defer { unsafe pthread_sigmask(SIG_BLOCK, &signals, nil) }
    let pipe = try Pipe()
    let reader = pthread_self()
    DispatchQueue.global().async {
      for _ in 0..<5 {
        usleep(10_000)
        pthread_kill(reader, SIGUSR2)
      }
      try? pipe.writer.write([7])
    }
    var chunk: [UInt8] = [0, 0]
    #expect(try pipe.reader.read(into: &chunk) == 1 && chunk[0] == 7)
    let full = [UInt8](repeating: 1, count: 200_000)
    DispatchQueue.global().async {
      var count = 0
      var chunk = [UInt8](repeating: 0, count: 1000)
      for _ in 0..<5 {
        usleep(10_000)
        pthread_kill(reader, SIGUSR2)
      }
      while count < full.count { count += (try? pipe.reader.read(into: &chunk)) ?? full.count }
    }
    try pipe.writer.write(full)
  }

  @Test func `a descriptor is not inherited, and can be given another number`() throws {
    let file = try ScratchFile()
    #expect(fcntl(file.descriptor.number, F_GETFD) == 0)
    try file.descriptor.closeOnExec()
    #expect(fcntl(file.descriptor.number, F_GETFD) == FD_CLOEXEC)
    let copy = try file.descriptor.duplicated()
    #expect(copy.number > 3 && fcntl(copy.number, F_GETFD) == FD_CLOEXEC)
    let other = try ScratchFile()
    try copy.redirect(to: other.descriptor)
    try copy.write([65])
    #expect(try other.bytes() == [65] && file.bytes().isEmpty)
    copy.close()
    #expect(throws: DescriptorError.self) { try Descriptor(-1).duplicated() }
    #expect(throws: DescriptorError.self) { try Descriptor(-1).redirect(to: file.descriptor) }
  }
}
