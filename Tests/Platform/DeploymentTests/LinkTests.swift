import Foundation
import TestSupport
import Testing

/// What the built executables carry, told by the symbols of its modules.
@Suite struct LinkTests {
  /// Migrations, the doctor, backups and roles are an operator's; samples are for measurements and tests.
  private static let toolsOnly = ["Operations", "SyncSamples", "ToolSupport"]

  @Test func `what is deployed links nothing that is only for tools`() throws {
    let functions = try Repository.products().subtracting(["breath"])
    #expect(functions.count >= 4)
    for function in functions {
      let executable = try Executable(function)
      #expect(executable.carries("Backend"))
      for module in LinkTests.toolsOnly { #expect(!executable.carries(module), "\(function) carries \(module)") }
    }
  }

  @Test func `no operator's tool carries the measurements`() throws {
    let (tool, bench) = (try Executable("breath"), try Executable("breath-bench"))
    #expect(tool.carries("Operations") && tool.carries("ToolSupport"))
    #expect(!tool.carries("SyncSamples"))
    #expect(bench.carries("SyncSamples"))
  }

  private struct Executable {
    private let bytes: Data

    init(_ name: String) throws {
      let path = try TestEnvironment.value("BREATH_TEST_BIN") + "/\(name)"
      bytes = try Data(contentsOf: URL(filePath: path), options: .alwaysMapped)
    }

    /// A symbol of Swift's begins with its module, as `$s7Backend…` does.
    func carries(_ module: String) -> Bool { bytes.range(of: Data("$s\(module.utf8.count)\(module)".utf8)) != nil }
  }
}
