/// How to reach a database. Not printable by accident: the URL holds the password.
package struct PostgresConfiguration: Sendable {
  let url: String
  let caCertificate: String?
  let usesTransactionPooler: Bool
  let applicationName: String
  let connectTimeout: Duration

  /// - Parameters:
  ///   - url: `postgresql://user:password@host:port/database?…`, read by libpq when connecting.
  ///   - caCertificate: PEM text. When given, the server must prove by TLS that it is the URL's host, whatever the
  ///     URL says of `sslmode`.
  ///   - usesTransactionPooler: statements are not prepared by name, since the next transaction may meet another
  ///     server session.
  ///   - connectTimeout: for all hosts of the URL together. Name resolution cannot be interrupted and may exceed it.
  package init(
    url: String, caCertificate: String? = nil, usesTransactionPooler: Bool = false, applicationName: String,
    connectTimeout: Duration = .seconds(3)
  ) {
    self.url = url
    self.caCertificate = caCertificate
    self.usesTransactionPooler = usesTransactionPooler
    self.applicationName = applicationName
    self.connectTimeout = connectTimeout
  }
}

extension PostgresConfiguration: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  package var description: String { "PostgresConfiguration(applicationName: \(applicationName))" }
  package var debugDescription: String { description }
  package var customMirror: Mirror { Mirror(self, children: ["applicationName": applicationName]) }
}
