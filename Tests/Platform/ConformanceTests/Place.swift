import Foundation
import Testing

/// Where a function is started, and as whom.
enum Place: Sendable, Hashable {
  case here
  /// As a user who owns nothing.
  case nobody
  /// Inside another root file system, with a /proc of its own and nothing else of this machine but the network.
  case root(String)
  /// Under strace, which writes to that file what is opened.
  case traced(String)

  /// Debian 11's, when `scripts/old-root.sh` could make it.
  static let old = ProcessInfo.processInfo.environment["BREATH_TEST_OLD_ROOT"].flatMap {
    $0.isEmpty ? nil : Place.root($0)
  }

  func newFolder() throws -> String {
    let parent =
      switch self {
      case .here, .nobody, .traced: FileManager.default.temporaryDirectory.path
      case .root(let root): "\(root)/tmp"
      }
    let folder = "\(parent)/breath-conformance-\(UUID().uuidString)"
    try FileManager.default.createDirectory(
      atPath: folder, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o755])
    return folder
  }

  /// - Parameter exec: relative to `folder`, and what the program sees as its own name.
  func start(_ exec: String, _ environment: [String: String], in folder: String) throws -> Child {
    switch self {
    case .here: return try Child([exec], environment: environment, folder: folder)
    case .nobody:
      let command = ["/usr/bin/setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", exec]
      return try Child(command, environment: environment, folder: folder)
    case .traced(let file):
      let command = ["/usr/bin/strace", "-f", "-qq", "-e", "trace=%file", "-o", file, exec]
      return try Child(command, environment: environment, folder: folder)
    case .root(let root):
      // The mount is this process's own and goes with it.
      let enter = #"mount -t proc proc "$1/proc" && exec chroot "$1" /usr/bin/env -i -C "$2" "${@:3}""#
      let command =
        ["/usr/bin/unshare", "--mount", "/bin/bash", "-c", enter, "enter", root, String(folder.dropFirst(root.count))]
        + environment.map { "\($0)=\($1)" } + [exec]
      return try Child(command, environment: ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin"], folder: "/")
    }
  }
}
