internal import ArgumentParser
internal import ToolSupport

/// A command that cannot be read, in one line: what is wrong, perhaps what was meant, and where the help is.
struct Misuse: CustomStringConvertible {
  let description: String

  /// - Parameters:
  ///   - message: the library's own; its first line says what is wrong.
  ///   - fullMessage: the same with the usage, which names the command that was meant.
  init(_ message: String, _ fullMessage: String, _ arguments: [String]) {
    let line = message.prefix { $0 != "\n" }
    let what = line.isEmpty ? "Wrong usage" : String(line)
    let names = Breath.configuration.subcommands.map { $0._commandName } + ["help"]
    guard let word = arguments.first, !word.hasPrefix("-"), !names.contains(word) else {
      let command = fullMessage.firstMatch(of: /See \'(breath[a-z ]*?) --help\'/)?.1 ?? "breath"
      description = "\(what) (see \(command) --help)"
      return
    }
    let close = names.map { ($0, Misuse.distance($0, word)) }.min { $0.1 < $1.1 }
    let meant = close.flatMap { $0.1 <= Misuse.distanceMax ? ": did you mean '\($0.0)'?" : nil } ?? ""
    description = "There is no command '\(word.printable)'\(meant) (see breath --help)"
  }

  private static let distanceMax = 2

  /// How many letters must be put in, left out or changed.
  private static func distance(_ a: String, _ b: String) -> Int {
    let (a, b) = (Array(a), Array(b))
    var row = Array(0...b.count)
    for (i, letter) in a.enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for (j, other) in b.enumerated() {
        let above = row[j + 1]
        row[j + 1] = min(above + 1, row[j] + 1, diagonal + (letter == other ? 0 : 1))
        diagonal = above
      }
    }
    return row[b.count]
  }
}
