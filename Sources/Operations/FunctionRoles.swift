import Postgres

/// Lets the functions' roles log in. Migrations create them without a password, because those are the operator's.
package struct FunctionRoles {
  /// What a function's URL says of its role. Not printable by accident: it holds the password.
  package struct Login: Sendable {
    package let function: String
    fileprivate let password: String

    /// - Parameter url: the function's own, whose user must be the function's role.
    package init(function: String, url: String) throws {
      let configuration = PostgresConfiguration(url: url, applicationName: "breath-roles")
      guard let options = try? ConnectOptions(configuration, caPath: nil) else {
        throw MigrationError("The URL for \(function) cannot be read: postgresql://breath_\(function):PASSWORD@HOST/…")
      }
      let role = "breath_\(function)"
      guard options.values["user"] == role else {
        throw MigrationError("The URL for \(function) must name the user \(role).")
      }
      guard let password = options.values["password"], password.utf8.count >= Login.passwordBytesMin else {
        throw MigrationError(
          "The URL for \(function) must hold a password of \(Login.passwordBytesMin) bytes or more: nobody types it.")
      }
      self.function = function
      self.password = password
    }

    /// Database passwords are made by a machine: 16 hexadecimal digits are 64 random bits.
    private static let passwordBytesMin = 16
  }

  private let connection: Connection

  /// - Parameter url: of a role that may alter the functions' roles: whoever ran the migrations.
  package init(url: String, caCertificate: String?) throws {
    connection = try Connection(
      PostgresConfiguration(
        url: url, caCertificate: caCertificate, applicationName: "breath-roles", connectTimeout: .seconds(10)))
  }

  /// Sets LOGIN and the password of each, all or none. Repeating it changes nothing a client could notice.
  package func set(_ logins: [Login]) throws {
    _ = try connection.pipeline(logins.flatMap { FunctionRoles.statements(for: $0) })
  }

  /// ALTER ROLE takes no parameters, so the values go to the server as settings of this transaction, and it quotes them
  /// itself. An error is raised anew, because its context would show the statement with the password to the server's log.
  private static func statements(for login: Login) -> [SQL] {
    [
      """
      SELECT set_config('breath.role', \("breath_" + login.function), true),
        set_config('breath.role_password', \(login.password), true)
      """,
      """
      DO $$
      BEGIN
        EXECUTE format(
          'ALTER ROLE %I LOGIN PASSWORD %L', current_setting('breath.role'), current_setting('breath.role_password'));
      EXCEPTION WHEN OTHERS THEN
        RAISE EXCEPTION USING ERRCODE = SQLSTATE, MESSAGE = SQLERRM;
      END
      $$
      """,
      "SELECT set_config('breath.role_password', '', true)",
    ]
  }
}

extension FunctionRoles.Login: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  package var description: String { "Login(function: \(function))" }
  package var debugDescription: String { description }
  package var customMirror: Mirror { Mirror(self, children: ["function": function]) }
}
