internal import ArgumentParser
internal import Backend
internal import FoundationEssentials
internal import Operations
internal import ToolSupport

struct Keys: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Makes keys for access tokens.", subcommands: [New.self, Secret.self, Rotate.self])

  /// Where private keys go: a file that only its owner may read, or standard output for whoever takes care of that.
  struct Destination: ParsableArguments {
    @Option(help: "A new file, which only you may read, instead of standard output.")
    var output: String?

    func write(_ lines: [String]) throws {
      let text = lines.joined(separator: "\n") + "\n"
      guard let output else { return print(text, terminator: "") }
      try PrivateFile.create(output, text)
      Terminal.note("Wrote \(output), which only you may read.".printable)
    }
  }

  struct New: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Prints a new Ed25519 key pair as two lines of an environment file.",
      discussion: "BREATH_SIGNING_KEY is for auth alone; BREATH_JWKS is for every function.")

    @OptionGroup var destination: Destination

    func run() throws {
      let key = SigningKey()
      try destination.write(["BREATH_SIGNING_KEY='\(key.privateJWK)'", "BREATH_JWKS='\(key.publicJWKS)'"])
    }
  }

  struct Secret: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Prints 32 random bytes in base64url, for BREATH_REFRESH_KEY or BREATH_DATA_KEY.")

    @OptionGroup var destination: Destination

    func run() throws { try destination.write([RandomSecret.text()]) }
  }

  struct Rotate: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Takes one step of replacing the signing key, so that no token is ever refused.",
      discussion: """
        Reads BREATH_SIGNING_KEY, BREATH_JWKS and BREATH_STANDBY_KEY from the environment and says what they should be:

          1. without a standby key, makes one and adds it to BREATH_JWKS, for every function to learn;
          2. with one, once that is deployed everywhere, lets it sign; the old public key stays in BREATH_JWKS;
          3. with --retire, a quarter of an hour later, drops what neither signs nor stands by from BREATH_JWKS.

        Deploy after each step. BREATH_STANDBY_KEY is yours to keep and is given to no function.
        """)

    @Flag(help: "Drop public keys that neither sign nor stand by.") var retire = false
    @OptionGroup var destination: Destination

    func run() throws {
      let environment = ProcessInfo.processInfo.environment
      guard let signing = environment["BREATH_SIGNING_KEY"], let jwks = environment["BREATH_JWKS"],
        var rotation = KeyRotation(signing: signing, standby: environment["BREATH_STANDBY_KEY"], jwks: jwks)
      else {
        throw Failure(.usage, "BREATH_SIGNING_KEY and BREATH_JWKS must be set as 'breath keys new' printed them.")
      }
      let done = retire ? rotation.retire() : rotation.advance()
      try destination.write(rotation.environment.map { "\($0.name)='\($0.value)'" })
      Terminal.note(done)
    }
  }
}
