import Backend
import StrictJSON

/// The keys of access tokens on their way from one signing key to the next. A public key is everywhere before the first
/// token signed by it, and stays until the last one has expired: no valid token is ever refused.
package struct KeyRotation {
  private var signing: SigningKey
  private var standby: SigningKey?
  /// The keys of the JWKS, as they are.
  private var publicKeys: [JSON]

  /// - Parameters: the values of `BREATH_SIGNING_KEY`, `BREATH_STANDBY_KEY` and `BREATH_JWKS`; nil when one cannot be read.
  package init?(signing: String, standby: String?, jwks: String) {
    guard let key = SigningKey(jwk: signing), let keys = try? JSON(parsing: jwks, limits: .request)["keys"]?.array
    else { return nil }
    self.signing = key
    publicKeys = keys
    guard let standby, !standby.isEmpty else { return }
    guard let key = SigningKey(jwk: standby) else { return nil }
    self.standby = key
  }

  /// - Returns: what was done and what comes next.
  package mutating func advance() -> String {
    guard let next = standby else {
      let key = SigningKey()
      standby = key
      publicKeys.append(key.publicMembers)
      return "Key \(key.id) stands by. Deploy all functions, wait ten minutes, and rotate again."
    }
    signing = next
    standby = nil
    return
      "Key \(next.id) signs. Deploy auth, wait for the last token of the old one (15 minutes), and rotate --retire."
  }

  /// Drops the public keys that nothing needs any more.
  package mutating func retire() -> String {
    let needed = [signing.id] + (standby.map { [$0.id] } ?? [])
    let before = publicKeys.count
    publicKeys.removeAll { !needed.contains($0["kid"]?.string ?? "") }
    let dropped = before - publicKeys.count
    return "\(dropped) old public \(dropped == 1 ? "key" : "keys") dropped. Deploy all functions."
  }

  /// As it should be now, in the order of an environment file.
  package var environment: [(name: String, value: String)] {
    [
      ("BREATH_SIGNING_KEY", signing.privateJWK), ("BREATH_STANDBY_KEY", standby?.privateJWK ?? ""),
      ("BREATH_JWKS", JSON.object(JSONObject([("keys", .array(publicKeys))])).text),
    ]
  }
}
