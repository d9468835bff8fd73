internal import FoundationEssentials

/// What a figure cannot be understood without: the machine, and how busy it was already.
enum Surroundings {
  static func line(_ workbench: Workbench) throws -> String {
    let processor =
      Proc.text("cpuinfo").split(separator: "\n").first { $0.hasPrefix("model name") }
      .flatMap { $0.split(separator: ":").last }.map { $0.trimmingSpaces } ?? "unknown processor"
    let load = Proc.text("loadavg").split(separator: " ").first ?? "?"
    let date = Date.now.formatted(Date.ISO8601FormatStyle().year().month().day())
    return """
      \(date), \(ProcessInfo.processInfo.activeProcessorCount) cores (\(processor)) with everything on them, PostgreSQL \
      \(try workbench.postgresVersion()); load average before it began: \(load)
      """
  }
}

extension StringProtocol {
  fileprivate var trimmingSpaces: String {
    String(drop(while: { $0 == " " }).reversed().drop(while: { $0 == " " }).reversed())
  }
}
