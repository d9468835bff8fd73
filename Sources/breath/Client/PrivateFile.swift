internal import Glibc
internal import ToolSupport

/// A file that holds a secret.
enum PrivateFile {
  /// Makes it for its owner only, whatever the umask, and never follows or overwrites what is there already.
  static func create(_ path: String, _ text: String) throws {
    let file = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard file >= 0 else {
      let reason = errno == EEXIST ? "is there already: name a new file" : "cannot be written: does its folder exist?"
      throw Failure(.badInput, "\(path) \(reason).".printable)
    }
    defer { close(file) }
    let bytes = Array(text.utf8)
    guard unsafe write(file, bytes, bytes.count) == bytes.count, fsync(file) == 0 else {
      unsafe unlink(path)
      throw Failure(.badInput, "\(path) cannot be written: is the disk full?".printable)
    }
  }
}
