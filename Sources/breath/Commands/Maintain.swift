internal import ArgumentParser
internal import FoundationEssentials
internal import ToolSupport

struct Maintain: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Removes what has expired, as the function platform's nightly schedule does.",
    discussion: """
      Gives the worker executable the event {"task":"nightly"}, with \(NightlyTask.databaseURLName) as its database. Safe to repeat and \
      to run on several machines: the database lets one work at a time. `breath serve` does this by itself; use it from cron \
      or a timer where no server of ours runs.
      """)

  @Flag(help: "Goes on for ever, instead of ending when nothing is left to remove.")
  var watch = false

  @Option(help: "Hours between two rounds with --watch.")
  var interval = 24

  @Option(name: .customLong("bin"), help: "Folder of the function executables. (default: the folder of breath)")
  var binDirectory: String?

  @Option(help: ArgumentHelp("Seconds before the first round with --watch.", visibility: .hidden))
  var delay = 0

  @OptionGroup var attendance: Attendance

  func validate() throws {
    guard (1...168).contains(interval) else { throw ValidationError("--interval must be between 1 and 168 hours.") }
    guard (0...3600).contains(delay) else { throw ValidationError("--delay must be between 0 and 3600.") }
  }

  func run() throws {
    let ours = ProcessInfo.processInfo.environment
    guard ours[NightlyTask.databaseURLName]?.isEmpty == false else {
      throw Failure(.usage, "\(NightlyTask.databaseURLName) is not set: it names the connection of worker.")
    }
    let nightly = try NightlyTask(binDirectory: binDirectory ?? Executable.folder, environment: ours)
    guard watch else { return print(try nightly.run().summary) }
    guard attendance.wait(seconds: delay) else { return }
    repeat {
      do { print(try nightly.run().summary) } catch let failure as Failure { Terminal.note("maintenance: \(failure)") }
    } while attendance.wait(seconds: interval * 3600)
  }
}
