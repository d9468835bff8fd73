internal import ArgumentParser
internal import Backend

struct Keys: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Makes keys for access tokens.", subcommands: [New.self, Secret.self])

  struct New: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Prints a new Ed25519 key pair as two lines of an environment file.",
      discussion: "BREATH_SIGNING_KEY is for auth alone; BREATH_JWKS is for every function.")

    func run() {
      let key = SigningKey()
      print("BREATH_SIGNING_KEY='\(key.privateJWK)'")
      print("BREATH_JWKS='\(key.publicJWKS)'")
    }
  }

  struct Secret: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Prints 32 random bytes in base64url, for BREATH_REFRESH_KEY or BREATH_DATA_KEY.")

    func run() { print(RandomSecret.text()) }
  }
}
