import Foundation
import FunctionRuntime
import StrictJSON

extension FuzzTarget {
  /// Where the search begins: what the repository has of real input.
  package func seeds() throws -> [[UInt8]] {
    switch self {
    case .event: try Seeds.events()
    case .query:
      try Seeds.events().compactMap { try JSON(parsing: $0, limits: .trusted)["http"]?["queryString"]?.string }
        .filter { !$0.isEmpty }.map { Array($0.utf8) } + [Array("a=1&b=%C3%A9+x&c&=&d=%zz".utf8)]
    case .json: try Seeds.bodies() + Seeds.exports()
    case .cursor: [Array("AXyWBgYCyUMYvKCGv6dNFHoAAAAAAAAAAw".utf8), [UInt8](repeating: 1, count: 24)]
    case .accessToken:
      ["Bearer \(OfflineBundle.accessToken)", "bearer x.y.z", "Basic eDp5", OfflineBundle.claims, "{}"].map {
        Array($0.utf8)
      }
    case .refreshToken: [Array(RefreshMint.token.utf8), Array("bm_r_".utf8), [2] + (0..<40)]
    case .export: try Seeds.exports()
    case .sync: try Seeds.bodies()
    }
  }
}

private enum Seeds {
  private static let root = (0..<4).reduce(URL(filePath: #filePath)) { file, _ in file.deletingLastPathComponent() }

  static func events() throws -> [[UInt8]] {
    try FunctionName.onTheWeb.flatMap { try files(in: "functions/\($0.rawValue)/events") }
  }

  static func bodies() throws -> [[UInt8]] {
    try events().compactMap { try JSON(parsing: $0, limits: .trusted)["http"]?["body"]?.string }.filter { !$0.isEmpty }
      .map { Array($0.utf8) }
  }

  static func exports() throws -> [[UInt8]] {
    try files(in: "Tests/Unit/BreathDomainTests/Exports") + files(in: "functions/sync/samples")
  }

  private static func files(in folder: String) throws -> [[UInt8]] {
    let folder = root.appending(path: folder)
    return try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
      .filter { $0.hasSuffix(".json") && !$0.hasSuffix(".reply.json") }
      .map { Array(try Data(contentsOf: folder.appending(path: $0))) }
  }
}
