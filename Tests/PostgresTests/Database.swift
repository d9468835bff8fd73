import Postgres
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// The PostgreSQL that the tests run on.
enum Database {
  struct Missing: Error, CustomStringConvertible {
    var description: String { "BREATH_TEST_DATABASE_URL is not set: run make test" }
  }

  static func url() throws -> String {
    guard let url = unsafe getenv("BREATH_TEST_DATABASE_URL") else { throw Missing() }
    return unsafe String(cString: url)
  }

  static func configuration(
    usesTransactionPooler: Bool = false, caCertificate: String? = nil
  ) throws -> PostgresConfiguration {
    PostgresConfiguration(
      url: try url(), caCertificate: caCertificate, usesTransactionPooler: usesTransactionPooler,
      applicationName: "breath-tests")
  }

  static func connect(usesTransactionPooler: Bool = false) throws -> Connection {
    try Connection(configuration(usesTransactionPooler: usesTransactionPooler))
  }
}
