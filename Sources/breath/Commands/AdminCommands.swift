internal import ArgumentParser
internal import FoundationEssentials
internal import Operations
internal import ToolSupport

/// `breath admins`: who may call what is for administrators.
struct AdminCommands: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "admins",
    abstract: "Manages administrator accounts.",
    discussion: """
      Reads MIGRATE_DATABASE_URL. An administrator signs in with password and second factor, and for eight hours may call \
      what is for administrators. `GET /v1/auth/account` tells a person the account's id.
      """,
    subcommands: [Add.self, Remove.self, List.self])

  struct Add: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Makes an account an administrator from its next sign-in on.")

    @Argument(help: "The account's id. It must have an address and a password.") var account: String

    func run() throws {
      let id = try AdminCommands.account(account)
      switch try Failure.explaining({ try AdminCommands.connect().add(id) }) {
      case .added, .unchanged:
        print(
          """
          \(id.uuidString.lowercased()) is an administrator's. It takes a sign-in with password and second factor; where \
          none is on yet, the sign-in says so.
          """)
      case .noAccount: throw Failure(.badInput, "There is no account \(id.uuidString.lowercased()).")
      case .noLogin:
        throw Failure(
          .badInput, "\(id.uuidString.lowercased()) has no address and password yet (POST /v1/auth/register).")
      }
    }
  }

  struct Remove: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Revokes the role from the next request on.")

    @Argument(help: "The account's id.") var account: String

    func run() throws {
      let id = try AdminCommands.account(account)
      let wasOne = try Failure.explaining { try AdminCommands.connect().remove(id) }
      print("\(id.uuidString.lowercased()) \(wasOne ? "is no longer an administrator" : "was not an administrator").")
    }
  }

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Prints each account's id, and since when.")

    func run() throws {
      let admins = try Failure.explaining { try AdminCommands.connect().all() }
      if admins.isEmpty { Terminal.note("There are no administrators yet: 'breath admins add ACCOUNT' makes one.") }
      for admin in admins {
        print("\(admin.account.uuidString.lowercased())  \(admin.since.formatted(.iso8601))")
      }
    }
  }

  private static func connect() throws -> Admins {
    let environment = ProcessInfo.processInfo.environment
    guard let url = environment["MIGRATE_DATABASE_URL"], !url.isEmpty else {
      throw Failure(.usage, "MIGRATE_DATABASE_URL is not set: it names the administrator's connection.")
    }
    return try Admins(url: url, caCertificate: environment["DATABASE_CA_CERT"])
  }

  private static func account(_ text: String) throws -> UUID {
    guard let id = UUID(uuidString: text) else { throw Failure(.usage, "An account's id is a UUID.") }
    return id
  }
}
