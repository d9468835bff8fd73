import FoundationEssentials

/// The program that runs.
package enum Executable {
  /// Where it is: the functions' executables and our other tools are beside it.
  package static var folder: String {
    let path = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? "./breath"
    return String(path[..<(path.lastIndex(of: "/") ?? path.endIndex)])
  }
}
