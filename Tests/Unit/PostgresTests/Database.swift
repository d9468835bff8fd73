import Postgres
import TestSupport
import Testing

/// The PostgreSQL that the tests run on.
enum Database {
  /// - Parameter options: libpq's, as `port=1`; they win over what the URL says before them.
  static func url(_ options: String...) throws -> String {
    try options.reduce(TestEnvironment.value("BREATH_TEST_DATABASE_URL")) { $0 + ($0.contains("?") ? "&" : "?") + $1 }
  }

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
