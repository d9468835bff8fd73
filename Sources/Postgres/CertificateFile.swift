#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// A file that only this user can read: libpq takes certificates by path. Who makes it removes it.
package struct CertificateFile {
  package let path: String

  /// - Parameter directory: nil means `TMPDIR`, or `/tmp`.
  package init(_ pem: String, directory: String? = nil) throws(PostgresError) {
    let temporary = unsafe getenv("TMPDIR").map { unsafe String(cString: $0) }
    var template = Array("\(directory ?? temporary ?? "/tmp")/breath-ca-XXXXXX".utf8CString)
    let descriptor = unsafe mkstemp(&template)  // mode 0600, a name nobody else has
    guard descriptor >= 0 else { throw PostgresError(.certificateUnwritable) }
    defer { close(descriptor) }
    path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    let bytes = Array(pem.utf8)
    guard unsafe write(descriptor, bytes, bytes.count) == bytes.count else {
      remove()
      throw PostgresError(.certificateUnwritable)
    }
  }

  package func remove() { _ = unsafe unlink(path) }
}
