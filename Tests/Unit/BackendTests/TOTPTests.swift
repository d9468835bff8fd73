import AuthFunction
import Backend
import Foundation
import Testing

@Suite struct TOTPTests {
  private let totp = TOTP(secret: Array("12345678901234567890".utf8))

  /// RFC 6238, appendix B.
  @Test(arguments: [
    (59, "94287082"), (1_111_111_109, "07081804"), (1_111_111_111, "14050471"), (1_234_567_890, "89005924"),
    (2_000_000_000, "69279037"), (20_000_000_000, "65353130"),
  ])
  func `codes are those of the standard`(seconds: Int, code: String) {
    let date = Date(timeIntervalSince1970: Double(seconds))
    #expect(totp.code(at: date, digits: 8) == code)
    #expect(totp.code(at: date) == String(code.suffix(6)))
    #expect(totp.step(of: String(code.suffix(6)), at: date) == Int64(seconds / 30))
  }

  @Test func `a clock may be one step off either way, and no more`() {
    let date = Date(timeIntervalSince1970: 1_234_567_890)
    for steps in -3...3 {
      let code = totp.code(at: date.addingTimeInterval(Double(30 * steps)))
      let expected = abs(steps) <= 1 ? Int64(1_234_567_890 / 30 + steps) : nil
      #expect(totp.step(of: code, at: date) == expected, "\(steps)")
    }
  }
}
