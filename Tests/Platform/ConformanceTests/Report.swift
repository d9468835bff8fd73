import Foundation

/// Figures for people, which no test judges; `make conformance` prints them at the end.
enum Report {
  static func add(_ line: String) throws {
    guard let path = ProcessInfo.processInfo.environment["BREATH_TEST_REPORT"], !path.isEmpty else {
      return print(line)
    }
    let isNew = !FileManager.default.fileExists(atPath: path)
    if isNew { _ = FileManager.default.createFile(atPath: path, contents: nil) }
    let file = try FileHandle(forWritingTo: URL(filePath: path))
    try file.seekToEnd()
    try file.write(contentsOf: Data("\(line)\n".utf8))
    try file.close()
  }
}
