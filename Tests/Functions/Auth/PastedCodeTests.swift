import FunctionRuntime
import StrictJSON
import Testing

/// Codes that came out of a terminal, a chat or whatever corrects text while one types.
@Suite struct PastedCodeTests {
  static let ways: [@Sendable (String) -> String] = [
    { $0 }, { $0 + "\n" }, { "\t\($0)\r\n" }, { $0.replacing("-", with: "–") }, { $0.replacing("-", with: "\u{2011}") },
    { $0.replacing("-", with: "\u{A0}") }, { $0.replacing("-", with: "") }, { "`\($0)`" }, { "“\($0)”." },
    { $0.lowercased().replacing("-", with: "\u{200B}") }, { "\u{FEFF}" + $0 }, { "\u{202A}\($0)\u{202C}" },
    { $0.map { "\($0)" }.joined(separator: " ") }, wide,
  ]

  /// As a keyboard for Chinese or Japanese writes it.
  private static let wide: @Sendable (String) -> String = { code in
    String(
      String.UnicodeScalarView(
        code.unicodeScalars.map { $0.value < 0x7F ? Unicode.Scalar($0.value + 0xFEE0) ?? $0 : $0 }))
  }

  @Test(arguments: ways.indices) func `a pairing code that was pasted is the code`(way: Int) throws {
    let code = try Device().pairingCode()
    var event = Device.redemption(code: PastedCodeTests.ways[way](code), id: Device.newID(), secret: Device.newSecret())
    event.query = "dryRun=true"
    let reply = try Fleet.call(.auth, event)
    #expect(reply.status == 200, "\(reply.line)")
  }

  @Test(arguments: ways.indices) func `a user code that was pasted is the code`(way: Int) throws {
    let asked = try DeviceGrantTests.Asked()
    let typed = JSON.string(PastedCodeTests.ways[way](asked.userCode))
    let reply = try Device().call(.auth, "POST", "/device/preview", json: ["userCode": typed])
    #expect(reply.status == 200, "\(reply.line)")
  }

  @Test func `a recovery code that was pasted is the code`() throws {
    let person = try Person()
    let codes = try person.recoveryCodes()
    for (index, code) in codes.enumerated() {
      let typed = PastedCodeTests.ways[PastedCodeTests.ways.count - 1 - index](code)
      let reply = try Fleet.call(.auth, Person.login(person.email, recoveryCode: typed))
      #expect(reply.status == 200, "\(reply.line)")
    }
  }

  @Test(arguments: ["BM-234567-89ABC", "BM-234567-89ABCDE", "", "–", "BN-234567-89ABCD", "234567-89ABCD"])
  func `what has other letters, or too few, is none`(code: String) throws {
    let reply = try Fleet.call(
      .auth, Device.redemption(code: code, id: Device.newID(), secret: Device.newSecret()))
    #expect(reply.outcome == "422 invalid_content", "\(reply.line)")
  }

  @Test func `a mailed token may bring line breaks and quotes along`() throws {
    let device = try Device()
    #expect(try device.register(Person.newEmail(), "tidal breathing").status == 202)
    let token = try device.mailedToken()
    let pasted = "\"\(token.prefix(40))\r\n\(token.dropFirst(40))\"\u{A0}\n"
    #expect(try device.confirm(pasted).status == 200)
  }
}
