import Backend
import Crypto
import FoundationEssentials
import FunctionRuntime
import StrictJSON

/// Sends one request to a provider: a method, an address that the operator named, headers, a body, and when the answer is of
/// no use any more. Throws whatever went wrong, in words that may be logged. It is handed in by the executable, because only
/// `auth` carries a client (docs/decisions/0015).
package typealias ProviderCall =
  @Sendable (String, String, [(String, String)], [UInt8], ContinuousClock.Instant) async throws -> (
    status: Int, body: [UInt8]
  )

/// GitHub's side of a sign-in: where a person is sent, and who came back.
struct GitHub {
  /// The issuer of the identities: the provider's own address.
  let issuer: String
  private let api, clientID, clientSecret: String
  private let redirectURIs: Set<String>

  /// - Throws: 404 `not_set_up` when the operator did not set it up.
  init(_ configuration: Configuration) throws {
    guard let id = configuration.optional(.gitHubClientID),
      let secret = configuration.optional(.gitHubClientSecret),
      let redirects = configuration.optional(.gitHubRedirectURIs)
    else { throw Problem.notSetUp("BREATH_GITHUB_CLIENT_ID, _CLIENT_SECRET and _REDIRECT_URIS") }
    (clientID, clientSecret) = (id, secret)
    redirectURIs = Set(redirects.split(separator: ",").map { $0.filter { $0 != " " } })
    issuer = try configuration.provider(.gitHubURL, or: "https://github.com")
    api = try configuration.provider(.gitHubAPIURL, or: "https://api.github.com")
  }

  /// Exactly, to the last character (RFC 9700, 4.1).
  func allows(redirectURI: String) -> Bool { redirectURIs.contains(redirectURI) }

  func authorizeURL(state: SignInState, redirectURI: String, key: SymmetricKey) -> String {
    let challenge = Base64URL.encode(SHA256.hash(data: Array(state.verifier(key).utf8)))
    return issuer + "/login/oauth/authorize?"
      + GitHub.form([
        ("client_id", clientID), ("redirect_uri", redirectURI), ("state", state.text), ("code_challenge", challenge),
        ("code_challenge_method", "S256"),
      ])
  }

  /// The person's id there, as text: it stays when a name or an address changes. Nil when GitHub does not know the code.
  /// Asks for nothing more, and forgets GitHub's token.
  /// - Throws: when GitHub does not answer, or not as it should.
  func subject(
    code: String, verifier: String, redirectURI: String, _ call: ProviderCall, _ deadline: ContinuousClock.Instant
  ) async throws -> String? {
    let form = GitHub.form([
      ("client_id", clientID), ("client_secret", clientSecret), ("code", code), ("redirect_uri", redirectURI),
      ("code_verifier", verifier),
    ])
    let token = try GitHub.json(
      await call(
        "POST", issuer + "/login/oauth/access_token",
        GitHub.headers + [("Content-Type", "application/x-www-form-urlencoded")], Array(form.utf8), deadline))
    if token["error"]?.string == "bad_verification_code" { return nil }
    guard let access = token["access_token"]?.string, access.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
      throw Failure.unexpected("no token: \(token["error"]?.string?.prefix(40) ?? "no error either")")
    }
    let user = try GitHub.json(
      await call("GET", api + "/user", GitHub.headers + [("Authorization", "Bearer \(access)")], [], deadline))
    guard let id = user["id"]?.integer, id > 0 else { throw Failure.unexpected("a user without an id") }
    return String(id)
  }

  enum Failure: Error, CustomStringConvertible {
    case status(Int)
    case unexpected(String)

    var description: String {
      switch self {
      case .status(let status): "GitHub answered \(status)"
      case .unexpected(let what): "GitHub answered with \(what)"
      }
    }
  }

  private static let headers = [("Accept", "application/json"), ("User-Agent", "breath-master-sync")]

  private static func json(_ answer: (status: Int, body: [UInt8])) throws -> JSON {
    guard answer.status == 200 else { throw Failure.status(answer.status) }
    guard let json = try? JSON(parsing: answer.body, limits: .request) else { throw Failure.unexpected("no JSON") }
    return json
  }

  private static func form(_ pairs: [(String, String)]) -> String {
    pairs.map { "\($0)=\(percentEncoded($1))" }.joined(separator: "&")
  }

  private static func percentEncoded(_ text: String) -> String {
    let hex = Array("0123456789ABCDEF")
    return text.utf8.reduce(into: "") { encoded, byte in
      switch byte {
      case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
        UInt8(ascii: "~"):
        encoded.unicodeScalars.append(UnicodeScalar(byte))
      default: encoded += "%\(hex[Int(byte >> 4)])\(hex[Int(byte & 15)])"
      }
    }
  }
}

/// 256 random bits that tie the answer of a provider to the request. The PKCE verifier follows from it by a key that the
/// database does not have, so that neither is stored (RFC 7636).
struct SignInState {
  private let bytes: [UInt8]

  var text: String { Base64URL.encode(bytes) }
  var hash: [UInt8] { Array(SHA256.hash(data: bytes)) }

  func verifier(_ key: SymmetricKey) -> String {
    Base64URL.encode(HMAC<SHA256>.authenticationCode(for: Array("verifier \(text)".utf8), using: key))
  }

  static func random() -> SignInState { SignInState(bytes: RandomSecret.bytes(32)) }

  private init(bytes: [UInt8]) { self.bytes = bytes }

  init?(_ text: String) {
    guard let bytes = Base64URL.decode(text), bytes.count == 32 else { return nil }
    self.bytes = bytes
  }
}

extension Configuration {
  /// An address that secrets are sent to: over TLS, but on this machine.
  fileprivate func provider(_ variable: Variable, or usual: String) throws(Failure) -> String {
    var url = optional(variable) ?? usual
    while url.hasSuffix("/") { url.removeLast() }
    guard url.hasPrefix("https://") || url.hasPrefix("http://127.0.0.1:") || url.hasPrefix("http://localhost:") else {
      throw .malformed(variable)
    }
    return url
  }
}
