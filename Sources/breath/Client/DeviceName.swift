internal import ArgumentParser
internal import ToolSupport

/// What a person calls a device: 1 to 64 characters on one line.
struct DeviceName: Hashable, CustomStringConvertible, ExpressibleByArgument {
  let description: String

  init?(_ text: String) {
    guard (1...64).contains(text.count), text.utf8.count <= 180, text.unicodeScalars.allSatisfy(\.isPrintable) else {
      return nil
    }
    description = text
  }

  init?(argument: String) { self.init(argument) }

  /// After a file: its name without folder and extension.
  init?(ofFile path: String) {
    let base = path.split(separator: "/").last ?? ""
    let stem = base.lastIndex(of: ".").map { $0 == base.startIndex ? base : base[..<$0] } ?? base
    self.init(String(stem.prefix(64)))
  }
}

extension DeviceName {
  private static let suffix = ".json"

  /// The name itself, but for what means something to a file system.
  var fileName: String {
    var text = description.replacing("%", with: "%25").replacing("/", with: "%2F")
    if text.hasPrefix(".") { text = "%2E" + text.dropFirst() }
    return text + DeviceName.suffix
  }

  init?(fileName: String) {
    guard fileName.hasSuffix(DeviceName.suffix), !fileName.hasPrefix(".") else { return nil }
    let stem = String(fileName.dropLast(DeviceName.suffix.count))
    self.init(stem.replacing("%2E", with: ".").replacing("%2F", with: "/").replacing("%25", with: "%"))
  }
}
