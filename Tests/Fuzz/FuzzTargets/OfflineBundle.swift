import Backend
import BundleRoutes
import Crypto
import Foundation
import FunctionRuntime
import StrictJSON

/// The routes of all functions in one process, whose database is never there: what is let in ends in a 503, and nothing
/// else does. The keys are always the same, so that a token in a corpus stays good.
final class OfflineBundle {
  private static let signingKey = try! Curve25519.Signing.PrivateKey(rawRepresentation: Data(repeating: 7, count: 32))
  private static let keyID = "fuzz"

  private let responder: Responder

  init() {
    let environment = OfflineBundle.environment
    let routes = FunctionName.allCases.flatMap { $0.routes(environment) }
    var world = World()
    world.environment = environment
    world.logDescriptor = -1
    responder = Responder(Function(name: "fuzz", routes: routes, problem: problem), world: world)
  }

  private static var environment: Environment {
    let publicMembers: [(String, JSON)] = [
      ("kty", "OKP"), ("crv", "Ed25519"), ("kid", .string(keyID)),
      ("x", .string(base64URL(signingKey.publicKey.rawRepresentation))),
    ]
    let secret: [(String, JSON)] = [("d", .string(base64URL(signingKey.rawRepresentation)))]
    return Environment([
      "DATABASE_URL": "postgresql://nobody@/nowhere?host=/nonexistent",
      "BREATH_JWKS": JSON.object(JSONObject([("keys", [.object(JSONObject(publicMembers))])])).text,
      "BREATH_SIGNING_KEY": JSON.object(JSONObject(publicMembers + secret)).text,
      "BREATH_REFRESH_KEY": base64URL(Data(RefreshMint.key)),
      "BREATH_DATA_KEY": base64URL(Data(RefreshMint.key)),
    ])
  }
}

// MARK: - Events

extension OfflineBundle {
  /// `${ACCESS_TOKEN}` and `${REFRESH_TOKEN}`, as in the sample events, stand for good tokens.
  func checkEvent(_ input: [UInt8]) async throws {
    var line = input
    for (name, token) in [("${ACCESS_TOKEN}", OfflineBundle.accessToken), ("${REFRESH_TOKEN}", RefreshMint.token)]
    where line.contains(UInt8(ascii: "$")) {
      line.replace(Array(name.utf8), with: Array(token.utf8))
    }
    let answer = try Answer(await responder.answer(line))
    guard answer.status == 503 else { return }
    try require(answer.code == "database_unavailable", "503 \(answer.code ?? "without a code")")
  }
}

// MARK: - Access tokens

extension OfflineBundle {
  static let claims = """
    {"iss":"breath-master-sync","aud":["breath-master-sync"],"sub":"0198c2a0-0000-7000-8000-000000000001",\
    "did":"0198c2a0-0000-7000-8000-000000000002","tid":"00000000-0000-4000-8000-000000000001","role":"person",\
    "scope":"sync stats","gen":1,"iat":1700000000,"exp":4102444800}
    """

  static let accessToken = token(claims: Array(claims.utf8))

  static func token(claims: some Sequence<UInt8>) -> String {
    let header = base64URL(Data(#"{"alg":"EdDSA","typ":"at+jwt","kid":"fuzz"}"#.utf8))
    let signed = "\(header).\(base64URL(Data(claims)))"
    return "\(signed).\(base64URL(try! signingKey.signature(for: Data(signed.utf8))))"
  }

  /// A header nobody but us could have signed is refused. What begins with a brace is taken for claims that we did sign:
  /// whatever they are, the answer is a good one.
  func checkAccessToken(_ input: [UInt8]) async throws {
    let isClaims = input.first == UInt8(ascii: "{")
    let text = String(decoding: input, as: UTF8.self)
    let header = isClaims ? "Bearer " + OfflineBundle.token(claims: input) : text
    let event: JSON = [
      "http": ["method": "GET", "path": "/export", "headers": ["authorization": .string(header)], "queryString": ""]
    ]
    let answer = try Answer(await responder.answer(event.encoded))
    if isClaims {
      try require([401, 503].contains(answer.status), "signed claims are answered with \(answer.status)")
    } else if answer.status == 503 {
      let signed = OfflineBundle.accessToken.split(separator: ".").dropLast()
      let presented = text.split(separator: " ").last?.split(separator: ".", omittingEmptySubsequences: false) ?? []
      try require(presented.count == 3 && Array(signed) == Array(presented.dropLast()), "a token that we did not sign")
    } else {
      try require([400, 401].contains(answer.status), "a header is answered with \(answer.status)")
    }
  }
}
