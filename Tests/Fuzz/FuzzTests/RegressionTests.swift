import Foundation
import FuzzTargets
import Testing

/// Inputs that once broke a promise, in a folder for each target. `scripts/fuzz.sh` puts them there.
@Suite struct RegressionTests {
  private static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Regressions")

  private static func files() throws -> [URL] {
    try FileManager.default.subpathsOfDirectory(atPath: folder.path).sorted()
      .filter { $0.contains("/") }.map { folder.appending(path: $0) }
  }

  @Test func `what once failed passes`() async throws {
    let files = try RegressionTests.files()
    #expect(!files.isEmpty, "the folder is where this test looks")
    for file in files {
      let target = try #require(FuzzTarget(rawValue: file.deletingLastPathComponent().lastPathComponent))
      let input = Array(try Data(contentsOf: file))
      await #expect(throws: Never.self, "\(target.rawValue)/\(file.lastPathComponent)") {
        try await target.check()(input)
      }
    }
  }
}
