internal import ArgumentParser
internal import Glibc

/// The command-line tool: everything an operator does that is not a request.
@main
struct Breath: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Runs and looks after Breath Master Sync.",
    subcommands: [
      Serve.self, Bench.self, Migrate.self, Doctor.self, Restored.self, Keys.self, Import.self, Export.self,
      Invoke.self, SendMails.self, Roles.self, AdminCommands.self, Capacity.self,
    ])

  /// As the library's own, but a `Failure` ends with its own status, and wrong usage is said in one line too.
  static func main() async {
    do {
      var command = try parseAsRoot()
      if var asynchronous = command as? any AsyncParsableCommand {
        try await asynchronous.run()
      } else {
        try command.run()
      }
    } catch let failure as Failure {
      Terminal.note("breath: \(failure)")
      Glibc.exit(failure.status.rawValue)
    } catch  where exitCode(for: error) == .validationFailure {
      let line = message(for: error).prefix { $0 != "\n" }
      Terminal.note("breath: \(line.isEmpty ? "Wrong usage" : line) (see breath help)")
      Glibc.exit(Failure.Status.usage.rawValue)
    } catch {
      exit(withError: error)
    }
  }
}
