internal import ArgumentParser
internal import Glibc

/// The command-line tool: everything an operator does that is not a request.
@main
struct Breath: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Runs and looks after Breath Master Sync.",
    subcommands: [Serve.self, Bench.self, Migrate.self, Keys.self])

  /// As the library's own, but a `Failure` ends with its own status.
  static func main() async {
    do {
      var command = try parseAsRoot()
      if var asynchronous = command as? any AsyncParsableCommand {
        try await asynchronous.run()
      } else {
        try command.run()
      }
    } catch let failure as Failure {
      let line = Array("breath: \(failure)\n".utf8)
      _ = unsafe write(STDERR_FILENO, line, line.count)
      Glibc.exit(failure.status.rawValue)
    } catch {
      exit(withError: error)
    }
  }
}
