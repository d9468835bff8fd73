package import Foundation

/// Made from Foundation's base64, not from the code that is tested.
package enum Base64URL {
  package struct Malformed: Error { package let text: String }

  package static func text(_ bytes: some Sequence<UInt8>) -> String {
    Data(bytes).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
  }

  package static func bytes(_ text: String) throws -> Data {
    let standard = text.replacing("-", with: "+").replacing("_", with: "/")
    let padding = String(repeating: "=", count: (4 - text.count % 4) % 4)
    guard let bytes = Data(base64Encoded: standard + padding) else { throw Malformed(text: text) }
    return bytes
  }

  /// 256 bits that nobody guesses, as a device makes its secret.
  package static func newSecret() -> String {
    var random = SystemRandomNumberGenerator()
    return newSecret(&random)
  }

  package static func newSecret(_ random: inout some RandomNumberGenerator) -> String {
    text((0..<32).map { _ in UInt8.random(in: .min ... .max, using: &random) })
  }
}
