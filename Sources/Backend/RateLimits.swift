import Crypto
import FunctionRuntime
package import Postgres

/// How often something may be done: a burst at once, then so many a minute (generic cell rate algorithm).
package struct RateLimit: Sendable {
  /// Part of the key and of `RateLimit-Policy`, so that two limits never share a bucket.
  package let name: String
  package let burst: Int
  let perMinute: Double
}

/// That a limit let a call through.
package struct Admission {
  /// What is left of it.
  package let headers: [(String, String)]
}

/// The limits of the API, all in one place.
package struct RateLimits: Sendable {
  /// One device's calls to sync and stats: a call every few minutes is normal, an import is a handful.
  package let device: RateLimit
  /// New devices and code guesses from one network address; an office shares one.
  package let enrolment: RateLimit
  package let pairing: RateLimit
  package let refresh: RateLimit
  /// Sign-ins with a password or a recovery code: from one network, and to one address.
  package let login: RateLimit
  package let loginToAddress: RateLimit
  /// Passwords to be hashed, from everybody together: each takes a third of a second of a processor. Who failed lately has
  /// a share of it; failures are counted by caller (`HashingLimits`).
  package let hashing: RateLimit
  package let hashingInDoubt: RateLimit
  package let hashingFailures: RateLimit
  /// Proofs of who is signed in, which may cost a hash: of one account, and from one network.
  package let proofOfAccount: RateLimit
  package let proof: RateLimit
  /// Mails that somebody asks for: from one network, and to one mailbox, whatever its address is written like.
  package let mail: RateLimit
  package let mailToMailbox: RateLimit
  /// Mails to addresses that nobody has proved to be theirs: from one account, and to one domain, whose people may never
  /// have heard of us; to one where strangers have mailboxes, more.
  package let unprovenMail: RateLimit
  package let unprovenMailToDomain, unprovenMailToProvider: RateLimit
  /// Mailed tokens that are brought back, from one network.
  package let confirmation: RateLimit
  /// Begun device grants, by network, and polls of one.
  package let deviceGrant: RateLimit
  package let poll: RateLimit
  /// Sign-ins with a provider, by network.
  package let signIn: RateLimit
  /// Reads of one share, by everybody together; caches stand before it.
  package let share: RateLimit
  /// What an account without a sign-in of its own sends to be stored.
  package let bytes: ByteLimit

  /// - Parameter factor: multiplies every limit; a load test sets a large one.
  package init(factor: Double) {
    func limit(_ name: String, burst: Double, perMinute: Double) -> RateLimit {
      RateLimit(name: name, burst: Int(min(burst * factor, 1e6)), perMinute: perMinute * factor)
    }
    device = limit("device", burst: 120, perMinute: 120)
    enrolment = limit("enrolment", burst: 60, perMinute: 20)
    pairing = limit("pairing", burst: 20, perMinute: 10)
    refresh = limit("refresh", burst: 60, perMinute: 60)
    login = limit("login", burst: 20, perMinute: 10)
    loginToAddress = limit("login-address", burst: 10, perMinute: 2)
    hashing = limit("password", burst: 60, perMinute: 240)
    hashingInDoubt = limit("password-in-doubt", burst: 30, perMinute: 120)
    hashingFailures = RateLimit(name: "password-failures", burst: 5, perMinute: 0.5)
    proofOfAccount = limit("proof-account", burst: 10, perMinute: 5)
    proof = limit("proof", burst: 20, perMinute: 10)
    mail = limit("mail", burst: 10, perMinute: 2)
    mailToMailbox = limit("mail-address", burst: 3, perMinute: 0.05)
    unprovenMail = limit("mail-account", burst: 3, perMinute: 3.0 / 1440)
    unprovenMailToDomain = limit("mail-domain", burst: 30, perMinute: 1)
    unprovenMailToProvider = limit("mail-provider", burst: 300, perMinute: 10)
    confirmation = limit("confirmation", burst: 20, perMinute: 10)
    deviceGrant = limit("deviceGrant", burst: 20, perMinute: 10)
    share = limit("share", burst: 120, perMinute: 120)
    signIn = limit("signIn", burst: 20, perMinute: 10)
    poll = limit("poll", burst: 20, perMinute: 30)
    bytes = ByteLimit(factor: factor)
  }
}

extension RateLimit {
  /// Admits the request or ends the pipeline with SQLSTATE BM429.
  /// - Parameter subject: who is limited; only a hash of it is stored.
  package func admit(_ subject: String) -> Pipeline<Admission> { admission(by: "breath.admit(\(arguments(subject)))") }

  /// - Parameter call: of a function that answers as `breath.admit` does.
  func admission(by call: SQL) -> Pipeline<Admission> {
    Pipeline("SELECT remaining, reset_ms FROM \(call)", row: { row in Admission(headers: try headers(row)) })
  }

  /// As the last parameters of a function that counts.
  package func arguments(_ subject: String) -> SQL { "\(key(subject)), \(intervalMs), \(Int32(burst))" }

  /// Sixteen bytes of hash, and the name, which a refusal tells again.
  package func key(_ subject: String) -> [UInt8] {
    Array(SHA256.hash(data: Array("\(name) \(subject)".utf8)).prefix(16)) + Array(name.utf8)
  }

  package var intervalMs: Double { 60_000 / perMinute }

  /// `RateLimit` and `RateLimit-Policy` (IETF draft-ietf-httpapi-ratelimit-headers).
  private func headers(_ row: Row) throws(PostgresError) -> [(String, String)] {
    let remaining: Int32 = try row["remaining"]
    let resetMs: Int64 = try row["reset_ms"]
    return RateLimit.headers(
      name, burst: "\(burst)", windowSeconds: "\(Int((Double(burst) * 60 / perMinute).rounded(.up)))",
      remaining: max(0, remaining), resetSeconds: "\((resetMs + 999) / 1000)")
  }

  /// Headers of a refused request, from the error detail that `breath.admit` raised; none for any other detail.
  package static func headers(refusal: String?) -> [(String, String)] {
    let words = (refusal ?? "").split(separator: " ").map(String.init)
    guard words.count == 4 else { return [] }
    return headers(words[0], burst: words[1], windowSeconds: words[2], remaining: 0, resetSeconds: words[3])
  }

  /// - Parameter refusal: what `admit` said as it refused.
  func isNamed(in refusal: String?) -> Bool { refusal?.split(separator: " ").first.map(String.init) == name }

  private static func headers(
    _ name: String, burst: String, windowSeconds: String, remaining: Int32, resetSeconds: String
  ) -> [(String, String)] {
    [
      ("RateLimit", "\"\(name)\";r=\(remaining);t=\(resetSeconds)"),
      ("RateLimit-Policy", "\"\(name)\";q=\(burst);w=\(windowSeconds)"),
    ]
  }
}
