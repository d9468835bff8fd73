import FoundationEssentials
import FunctionRuntime

/// What a request shows for itself, by its form. Nothing of it is proved.
enum Credential {
  case token(String)
  case key(APIKey)
  case wakaTimeKey(WakaTimeKey)

  /// - Parameter keysInBasic: an API key may also come as a user's name, with a password that is empty (RFC 7617).
  /// - Throws: 401 when there is none, or one of another form.
  init(_ request: Request, keysInBasic: Bool) throws(Problem) {
    guard let header = request.headers["authorization"] else {
      throw Problem.unauthenticated(
        code: "unauthenticated", detail: "Send an access token: Authorization: Bearer …", tokenPresented: false)
    }
    let words = header.utf8.split(whereSeparator: isWhiteSpace)
    switch words.first.flatMap({ String($0) })?.lowercased() {
    case "bearer"? where words.count == 2:
      let text = String(words[1]) ?? ""
      self = try Credential(key: text) ?? .token(text)
    case "basic"? where keysInBasic:
      guard let name = Credential.userName(words.dropFirst().joined()), let key = try Credential(key: name) else {
        throw Problem.unauthenticated()
      }
      self = key
    default: throw Problem.unauthenticated()
    }
  }

  /// Nil for what does not look like a key at all.
  /// - Throws: for what does, and is none.
  private init?(key text: String) throws(Problem) {
    if let key = APIKey(text) {
      self = .key(key)
    } else if let key = WakaTimeKey(text) {
      self = .wakaTimeKey(key)
    } else if text.hasPrefix(APIKey.prefix) || text.hasPrefix(WakaTimeKey.prefix) {
      throw Problem.keyRefused
    } else {
      return nil
    }
  }

  /// Scripts encode what `echo` prints, so a line feed comes along, before a colon or behind it; some leave the padding
  /// out, or use the alphabet of RFC 4648, section 5; and `base64` breaks what is long into lines.
  private static func userName(_ encoded: some Collection<UInt8>) -> String? {
    let symbols = encoded.prefix { $0 != UInt8(ascii: "=") }.map { symbol in
      switch symbol {
      case UInt8(ascii: "+"): UInt8(ascii: "-")
      case UInt8(ascii: "/"): UInt8(ascii: "_")
      default: symbol
      }
    }
    let padding = encoded.dropFirst(symbols.count)
    guard encoded.count < 256, padding.count <= 2, padding.allSatisfy({ $0 == UInt8(ascii: "=") }),
      let bytes = Base64URL.decode(String(decoding: symbols, as: UTF8.self))
    else { return nil }
    var name = trimmed(bytes[...])
    if name.last == UInt8(ascii: ":") { name = trimmed(name.dropLast()) }
    return String(validating: name, as: UTF8.self)
  }

  private static func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    var trimmed = bytes.drop(while: isWhiteSpace)
    while trimmed.last.map(isWhiteSpace) == true { trimmed.removeLast() }
    return trimmed
  }
}

private func isWhiteSpace(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || (0x09...0x0D).contains(byte) }

extension Problem {
  static let notForKeys = Problem(
    403, code: "not_for_keys", detail: "An API key may not do this. Use a device's access token.")

  static func scopeMissing(_ scope: String) -> Problem {
    Problem(
      403, code: "scope_missing", detail: "This API key was not made for this: it lacks the scope \(scope).")
  }
}
