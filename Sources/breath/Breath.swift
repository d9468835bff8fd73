internal import ArgumentParser
internal import Glibc
internal import ToolSupport

/// The command-line tool: everything an operator does that is not a request.
@main
struct Breath: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Runs and looks after Breath Master Sync, and brings your practice into it and out again.",
    discussion: """
      Completion for your shell: breath --generate-completion-script bash (or zsh, fish). Exit codes are those of \
      sysexits.h: 64 usage, 65 input, 69 not reachable, 77 refused.
      """,
    version: "breath \(Version.text)",
    groupedSubcommands: [
      CommandGroup(
        name: "Everyday",
        subcommands: [Import.self, Status.self, Pair.self, Approve.self, Devices.self, Export.self]),
      CommandGroup(
        name: "Operator",
        subcommands: [
          Serve.self, Migrate.self, Roles.self, Keys.self, Maintain.self, SendMails.self, AdminCommands.self,
          Doctor.self,
          Dump.self, LoadDump.self, Restored.self, Capacity.self,
        ]),
      CommandGroup(name: "Developer", subcommands: [Invoke.self, Functions.self]),
    ])

  /// As the library's own, but a `Failure` ends with its own status, and wrong usage is said in one line too.
  static func main() async {
    // Where a platform puts our command behind the image's own, the name is there twice (App Platform's run_command).
    let given = CommandLine.arguments.dropFirst()
    let arguments = Array(given.first == "breath" ? given.dropFirst() : given)
    do {
      var command = try parseAsRoot(arguments)
      if var asynchronous = command as? any AsyncParsableCommand {
        try await asynchronous.run()
      } else {
        try command.run()
      }
    } catch let failure as Failure {
      Terminal.note("breath: \(failure)")
      Glibc.exit(failure.status.rawValue)
    } catch  where exitCode(for: error) == .validationFailure {
      Terminal.note("breath: \(Misuse(message(for: error), fullMessage(for: error), arguments))")
      Glibc.exit(Failure.Status.usage.rawValue)
    } catch {
      exit(withError: error)
    }
  }
}
