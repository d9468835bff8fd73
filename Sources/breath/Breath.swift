internal import ArgumentParser

/// The command-line tool: everything an operator does that is not a request.
@main
struct Breath: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Runs and looks after Breath Master Sync.",
    subcommands: [Serve.self])
}
