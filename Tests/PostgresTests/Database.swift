import Glibc
import Postgres
import Testing

/// The PostgreSQL that the tests run on.
enum Database {
  struct Missing: Error, CustomStringConvertible {
    var description: String { "BREATH_TEST_DATABASE_URL is not set: run make test" }
  }

  /// - Parameter options: libpq's, as `port=1`; they win over what the URL says before them.
  static func url(_ options: String...) throws -> String {
    guard let url = environment("BREATH_TEST_DATABASE_URL") else { throw Missing() }
    return options.reduce(url) { $0 + ($0.contains("?") ? "&" : "?") + $1 }
  }

  static func environment(_ name: String) -> String? { unsafe getenv(name).map { unsafe String(cString: $0) } }

  static func configuration(
    url: String? = nil, caCertificate: String? = nil, usesTransactionPooler: Bool = false
  ) throws -> PostgresConfiguration {
    PostgresConfiguration(
      url: try url ?? Self.url(), caCertificate: caCertificate, usesTransactionPooler: usesTransactionPooler,
      applicationName: "breath-tests", connectTimeout: .seconds(30))
  }

  static func connect(usesTransactionPooler: Bool = false) throws -> Connection {
    try Connection(configuration(usesTransactionPooler: usesTransactionPooler))
  }
}

extension Connection {
  /// The column `value` of a statement's only row.
  func value<Value: PostgresDecodable>(_ sql: SQL) throws -> Value { try #require(rows(sql).first)["value"] }
}

/// What kind of `PostgresError` the work ends in; nil when it succeeds.
func kind<Value>(_ work: () throws -> Value) -> PostgresError.Kind? {
  do {
    _ = try work()
    return nil
  } catch let error as PostgresError {
    return error.kind
  } catch {
    return error as? PostgresError.Kind
  }
}

/// A small reproducible generator (SplitMix64).
struct Seeded: RandomNumberGenerator {
  private var state: UInt64
  init(_ seed: UInt64) { state = seed }
  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }
}
