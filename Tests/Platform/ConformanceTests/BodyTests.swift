import FunctionRuntime
import StrictJSON
import Testing

extension ConformanceTests {
  /// Bodies: their size, and how the flag says they are written.
  @Suite struct BodyTests {
    private static let bodyBytesMax = 1 << 20
    private static let lineBytesMax = 8 << 20

    @Test(arguments: Subject.all)
    func `a body of 1 MiB is read and one byte more is not`(_ subject: Subject) throws {
      let proxy = try subject.started()
      var call = subject.function.call
      for isBase64Encoded in [false, true] {
        for (bytes, outcome) in [
          (BodyTests.bodyBytesMax, "503 not_configured"), (BodyTests.bodyBytesMax + 1, "413 content_too_large"),
        ] {
          let body = String(repeating: "x", count: bytes)
          call.body = isBase64Encoded ? body.base64 : body
          call.isBase64Encoded = isBase64Encoded
          let answer = try proxy.answer(call)
          if subject.function.isOnTheWeb { #expect(answer.outcome == outcome) }
        }
      }
    }

    @Test(arguments: Subject.all)
    func `a line beyond all limits is passed over, and the next one is answered`(_ subject: Subject) throws {
      let proxy = try subject.started()
      let line = #"{"value":""# + String(repeating: "x", count: BodyTests.lineBytesMax) + #""}"#
      #expect(try Answer(#require(try proxy.run(line)).body).outcome == "413 content_too_large")
      _ = try proxy.answer(subject.function.call)
      #expect(try proxy.process.answers.all == [])
    }

    @Test(arguments: Subject.all.filter(\.function.isOnTheWeb))
    func `whether a body is base64 the flag says and not its type`(_ subject: Subject) throws {
      let proxy = try subject.started()
      for type in ["application/json", "text/plain", "application/octet-stream"] {
        var call = subject.function.call
        call.headers["content-type"] = type
        call.body = "%%% no base64 %%%"
        #expect(try proxy.answer(call).outcome == "503 not_configured")
        call.isBase64Encoded = true
        #expect(try proxy.answer(call).outcome == "400 invalid_body")
        call.body = "{}".base64
        #expect(try proxy.answer(call).outcome == "503 not_configured")
      }
    }
  }
}
