internal import ArgumentParser
internal import FoundationEssentials
internal import FunctionRuntime
internal import Operations
internal import ToolSupport

struct Roles: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Sets the passwords of the functions' database roles.",
    discussion: """
      Gives each role the password that its URL holds: \(urlNames.joined(separator: ", ")), and DATABASE_URL_DUMP \
      where backups have a login of their own. Connects by MIGRATE_DATABASE_URL, after `breath migrate` has made the \
      roles. All or none; it may be repeated, and with new passwords in the URLs it changes them.
      """)

  private static let urlNames = FunctionName.databaseRoles.map(FunctionName.databaseURLName(ofRole:))

  func run() throws {
    let environment = ProcessInfo.processInfo.environment
    func value(_ name: String, _ meaning: String) throws -> String {
      guard let value = environment[name], !value.isEmpty else {
        throw Failure(.usage, "\(name) is not set: it names \(meaning).")
      }
      return value
    }
    let url = try value("MIGRATE_DATABASE_URL", "the administrator's connection")
    var urls = try FunctionName.databaseRoles.map { role in
      (role, try value(FunctionName.databaseURLName(ofRole: role), "the connection of \(role)"))
    }
    if let dump = environment["DATABASE_URL_DUMP"], !dump.isEmpty { urls.append(("dump", dump)) }
    try Failure.explaining {
      let logins = try urls.map { try FunctionRoles.Login(function: $0.0, url: $0.1) }
      try FunctionRoles(url: url, caCertificate: environment["DATABASE_CA_CERT"]).set(logins)
    }
    print("These roles can log in: \(urls.map { "breath_" + $0.0 }.joined(separator: ", ")).")
  }
}
