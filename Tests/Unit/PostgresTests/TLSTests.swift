import Foundation
import Postgres
import TestSupport
import Testing

/// Behind a configured CA nothing is sent to a server that has not proved who it is.
@Suite struct TLSTests {
  /// A certificate that signed nobody.
  private static let foreignCA = """
    -----BEGIN CERTIFICATE-----
    MIIBeTCCAR+gAwIBAgIUIJIYDudkTM3NsTr9yiox9EFEoQ4wCgYIKoZIzj0EAwIw
    ETEPMA0GA1UEAwwGbm9ib2R5MCAXDTI2MTEyMzE4NTU0NFoYDzIxMjYxMDMwMTg1
    NTQ0WjARMQ8wDQYDVQQDDAZub2JvZHkwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNC
    AAQj7ADOEKNxIth9b+gyEFtl4YzhwJlqKlXwnkj5OsBw780W8Ddym8aqYh7o/DS0
    UZUiv68xxL3Iwa13dp8QjnKao1MwUTAdBgNVHQ4EFgQUcFuFD/DiGSVPpIROzHJ3
    1SNSrdQwHwYDVR0jBBgwFoAUcFuFD/DiGSVPpIROzHJ31SNSrdQwDwYDVR0TAQH/
    BAUwAwEB/zAKBggqhkjOPQQDAgNIADBFAiAOgB+SOaEvs7EUdyo3jOuHCXYmNDwR
    XKLoggd9LVntmQIhAJlIT+Cqy2FZuFl1YBbBwV/fel1Mn8KBJbByk0W66GJd
    -----END CERTIFICATE-----
    """

  private func kind(url: String, ca: String = foreignCA) -> PostgresError.Kind? {
    PostgresTests.kind { try Connection(Database.configuration(url: url, caCertificate: ca)) }
  }

  @Test(arguments: ["sslmode=disable", "sslmode=require", "sslmode=prefer", "sslrootcert=/dev/null"])
  func `the URL cannot talk the connection out of it`(option: String) throws {
    #expect(try kind(url: Database.url("host=127.0.0.1", option)) == .tlsFailed)
  }

  @Test(arguments: ["N", "S", "E", "", "Snonsense"])
  func `a server that does not speak TLS is refused`(answer: String) throws {
    let server = try ScriptedServer(answers: [answer])
    let found = kind(url: "postgresql://u:p@127.0.0.1:\(server.port)/db?sslmode=disable")
    #expect([.tlsFailed, .unreachable, .connectFailed].contains(found))
  }

  @Test func `a Unix socket, where libpq skips TLS, is refused`() throws {
    let row = try #require(
      Database.connect().rows(
        """
        SELECT split_part(current_setting('unix_socket_directories'), ',', 1) AS directory,
          current_setting('port') AS port
        """
      ).first)
    let (directory, port): (String, String) = (try row["directory"], try row["port"])
    guard directory != "" else { return }  // a server without such sockets has nothing to test
    #expect(try kind(url: Database.url("host=\(directory)", "port=\(port)")) == .tlsFailed)
  }

  @Test func `a CA that is no certificate is refused`() throws {
    #expect(try kind(url: Database.url("host=127.0.0.1"), ca: "nonsense") == .tlsFailed)
  }

  @Test func `the options of a CA win over those of the URL`() throws {
    let configuration = try Database.configuration(
      url: "postgresql://u:p@h/d?sslmode=disable&sslrootcert=/x&ssl_min_protocol_version=TLSv1&gssencmode=require")
    let options = try ConnectOptions(configuration, caPath: "/ca").values
    #expect(options["sslmode"] == "verify-full")
    #expect(options["sslrootcert"] == "/ca")
    #expect(options["ssl_min_protocol_version"] == "TLSv1.2")
    #expect(options["gssencmode"] == "disable")
    #expect(options["target_session_attrs"] == "read-write")
  }

  @Test func `the certificate file is private and goes away`() throws {
    let file = try CertificateFile("pem")
    let attributes = try FileManager.default.attributesOfItem(atPath: file.path)
    #expect(attributes[.posixPermissions] as? Int == 0o600)
    #expect(try String(contentsOfFile: file.path, encoding: .utf8) == "pem")
    file.remove()
    #expect(!FileManager.default.fileExists(atPath: file.path))
    #expect(PostgresTests.kind { try CertificateFile("pem", directory: "/nonexistent") } == .certificateUnwritable)
  }

  @Test func `a server that proves who it is is connected to, by name only`() throws {
    let url = try TestEnvironment.value("BREATH_TEST_TLS_URL")
    let ca = try String(contentsOfFile: TestEnvironment.value("BREATH_TEST_TLS_CA"), encoding: .utf8)
    let connection = try Connection(Database.configuration(url: url, caCertificate: ca))
    #expect(try connection.value("SELECT ssl AS value FROM pg_stat_ssl WHERE pid = pg_backend_pid()") == true)
    #expect(connection.isUsable)
    #expect(kind(url: url) == .tlsFailed)
    #expect(kind(url: url + (url.contains("?") ? "&" : "?") + "host=127.0.0.1", ca: ca) == .tlsFailed)
  }
}
