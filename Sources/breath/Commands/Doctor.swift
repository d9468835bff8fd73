internal import ArgumentParser
internal import FoundationEssentials
internal import Operations
internal import ToolSupport

struct Doctor: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Recomputes every number from the events and compares it with what is stored.",
    discussion: """
      Reads MIGRATE_DATABASE_URL. Prints each difference; exits with 1 when there is one that was not repaired. Repairing \
      rebuilds an account in one transaction, from its sessions, deletions and reports, which it never changes; devices \
      pull what changed.
      """)

  @Option(help: ArgumentHelp("Examine only this account.", valueName: "id"))
  var account: String?

  @Flag(help: "Rebuild what differs.")
  var repair = false

  func run() throws {
    guard let url = ProcessInfo.processInfo.environment["MIGRATE_DATABASE_URL"], !url.isEmpty else {
      throw Failure(.usage, "MIGRATE_DATABASE_URL is not set: it names the administrator's connection.")
    }
    let certificate = ProcessInfo.processInfo.environment["DATABASE_CA_CERT"]
    let found = try Failure.explaining {
      let doctor = try Operations.Doctor(url: url, caCertificate: certificate)
      return try examine(try chosen ?? doctor.accounts(), with: doctor)
    }
    if found > 0 && !repair { throw ExitCode(1) }
  }

  private var chosen: [UUID]? {
    get throws {
      guard let account else { return nil }
      guard let id = UUID(uuidString: account) else { throw Failure(.usage, "--account must be an account's id.") }
      return [id]
    }
  }

  /// - Returns: how many accounts differ.
  private func examine(_ accounts: [UUID], with doctor: Operations.Doctor) throws -> Int {
    var differing = 0
    var sum = 0
    var progress = accounts.count > 50 ? ProgressBar(total: accounts.count, unit: "accounts") : nil
    for (index, account) in accounts.enumerated() {
      guard let differences = try repair ? doctor.repair(account) : doctor.examine(account) else {
        throw Failure(.badInput, "There is no account \(account.uuidString.lowercased()).")
      }
      if !differences.isEmpty {
        differing += 1
        sum += differences.count
        print("account \(account.uuidString.lowercased())")
        for difference in differences { print("  \("\(difference)".printable)") }
      }
      progress?.show(index + 1)
    }
    print(conclusion(accounts.count, sum, differing))
    return differing
  }

  private func conclusion(_ count: Int, _ differences: Int, _ differing: Int) -> String {
    let examined = "Examined \(count.grouped) \(count == 1 ? "account" : "accounts")"
    guard differing > 0 else { return "\(examined): every number follows from its events." }
    let found = "\(examined): \(differences.grouped) differences in \(differing.grouped)"
    return repair ? "\(found), rebuilt." : "\(found). Run again with --repair to rebuild them."
  }
}
