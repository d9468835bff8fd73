internal import ArgumentParser
internal import FoundationEssentials
internal import Operations
internal import ToolSupport

struct Restored: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Tells devices that the database was restored, so that they send again what it lacks.",
    discussion: """
      To be run once after each restore, after `breath migrate` and before anybody is let in; docs/operations.md has the \
      whole way. Reads MIGRATE_DATABASE_URL. Running it once too often only costs each device one comparison. It refuses while \
      functions are connected, for a database that people use was not just restored.
      """)

  @Option(help: "What was restored, for whoever looks later: \"backup of 2026-11-23 03:00 UTC\".")
  var reason: String

  @Flag(help: "Go on though functions are connected.")
  var whileServing = false

  func validate() throws {
    guard (1...200).contains(reason.count), !reason.utf8.contains(0) else {
      throw ValidationError("The reason must have 1 to 200 characters.")
    }
  }

  func run() throws {
    let environment = ProcessInfo.processInfo.environment
    guard let url = environment["MIGRATE_DATABASE_URL"], !url.isEmpty else {
      throw Failure(.usage, "MIGRATE_DATABASE_URL is not set: it names the administrator's connection.")
    }
    let certificate = environment["DATABASE_CA_CERT"]
    let sessions = try Failure.explaining { try Incarnation.functionSessions(url: url, caCertificate: certificate) }
    guard whileServing || sessions == 0 else {
      throw Failure(
        .refused,
        """
        \(sessions.counted("session")) of functions use this database, so it is live. Stop traffic first \
        (docs/operations.md, section 6), or say --while-serving.
        """)
    }
    let incarnation = try Failure.explaining {
      try Incarnation.begin(url: url, caCertificate: certificate, reason: reason)
    }
    print(
      """
      This is life \(incarnation.number) of the database now: \(incarnation.id.uuidString.lowercased()), "\(reason)".

      What it means: whatever a device's cursor was, at its next sync the device is told to begin anew and what the
      server has of each machine. It sends again what is missing, its own and what it holds of others, and nothing counts
      twice. What no device holds any more is gone.

      What to do next:
        1. breath roles, with the new addresses in DATABASE_URL_…, if they changed
        2. put the addresses into the configuration and deploy
        3. make smoke URL=…, then let people in; for a day devices sync more than usual
        4. erase again whom you erased after the backup, and revoke again which devices you revoked: both are back
        5. devices that joined after the backup are unknown: they sign in anew, and are paired anew
      """)
  }
}
