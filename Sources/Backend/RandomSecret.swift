/// Bytes that nobody can guess, from the system's generator.
package enum RandomSecret {
  package static func bytes(_ count: Int) -> [UInt8] {
    var generator = SystemRandomNumberGenerator()
    return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
  }

  /// 32 bytes in base64url, the form of a device's secret and of keys in the environment.
  package static func text() -> String { Base64URL.encode(bytes(32)) }
}
