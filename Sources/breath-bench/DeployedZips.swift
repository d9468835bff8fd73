internal import FoundationEssentials
internal import FunctionRuntime
internal import ToolSupport

/// What scripts/bundle.sh made, if it was run: it takes a build of its own.
enum DeployedZips {
  private static let mebibyte = 1024.0 * 1024.0

  static func measure(_ workbench: Workbench) -> [Figure] {
    let sizes = FunctionName.allCases.compactMap { function -> Double? in
      let path = workbench.bundleFolder.appending(path: "\(function.rawValue).zip").path
      let attributes = try? FileManager.default.attributesOfItem(atPath: path)
      return (attributes?[.size] as? any BinaryInteger).map { Double($0) / mebibyte }
    }
    let isWhole = sizes.count == FunctionName.allCases.count
    return [
      Figure(
        what: "a deployed zip", value: sizes.max() ?? 0, unit: "MB", target: .atMost(20),
        method: "the largest of \(sizes.count)", missing: isWhole ? nil : "run make bundle before")
    ]
  }
}
