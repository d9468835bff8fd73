internal import ArgumentParser
internal import Backend
internal import FoundationEssentials

struct Keys: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Makes keys for access tokens.", subcommands: [New.self, Secret.self, Rotate.self])

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

  struct Rotate: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Takes one step of replacing the signing key, so that no token is ever refused.",
      discussion: """
        Reads BREATH_SIGNING_KEY, BREATH_JWKS and BREATH_STANDBY_KEY from the environment and prints what they should be:

          1. without a standby key, makes one and adds it to BREATH_JWKS, for every function to learn;
          2. with one, once that is deployed everywhere, lets it sign; the old public key stays in BREATH_JWKS;
          3. with --retire, a quarter of an hour later, drops what neither signs nor stands by from BREATH_JWKS.

        Deploy after each step. BREATH_STANDBY_KEY is yours to keep and is given to no function.
        """)

    @Flag(help: "Drop public keys that neither sign nor stand by.") var retire = false

    func run() throws {
      let environment = ProcessInfo.processInfo.environment
      guard let signing = environment["BREATH_SIGNING_KEY"], let jwks = environment["BREATH_JWKS"],
        var rotation = KeyRotation(signing: signing, standby: environment["BREATH_STANDBY_KEY"], jwks: jwks)
      else {
        throw Failure(.usage, "BREATH_SIGNING_KEY and BREATH_JWKS must be set as 'breath keys new' printed them.")
      }
      Terminal.note(retire ? rotation.retire() : rotation.advance())
      for (name, value) in rotation.environment { print("\(name)='\(value)'") }
    }
  }
}
