import Foundation
import Glibc
import TestSupport

/// A file system of a few megabytes in memory, that can be filled to the last byte.
package final class SmallDisk {
  package let path: String
  private var ballast: String { path + "/ballast" }

  /// Whether this machine lets us mount one: root in a container without the right to mount does not.
  package static let isPossible = (try? SmallDisk(megabytes: 1)) != nil

  package init(megabytes: Int) throws {
    path = FileManager.default.temporaryDirectory.path + "/breath-disk-\(UUID().uuidString.prefix(8).lowercased())"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    do {
      try Command.run("mount", ["-t", "tmpfs", "-o", "size=\(megabytes)m,mode=0777", "breath-test", path])
    } catch {
      unsafe rmdir(path)
      throw error
    }
  }

  deinit {
    _ = try? Command.run("umount", ["--lazy", path])
    unsafe rmdir(path)
  }

  /// Takes every byte that is left.
  package func fill() throws {
    let file = unsafe open(ballast, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw Spawn.Failure(call: "open \(ballast)", code: errno) }
    defer { close(file) }
    for size in [1 << 20, 1 << 12] {
      let bytes = [UInt8](repeating: 0, count: size)
      while unsafe write(file, bytes, size) > 0 {}
    }
  }

  /// Gives it all back.
  package func free() throws { try FileManager.default.removeItem(atPath: ballast) }
}
