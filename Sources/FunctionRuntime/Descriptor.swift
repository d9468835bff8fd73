import StrictJSON

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A file descriptor with the two calls that are easy to get wrong: both go on after a signal, and a write goes on
/// until all is written (a pipe takes 64 KiB at a time).
package struct Descriptor: Sendable {
  package let number: Int32

  package init(_ number: Int32) { self.number = number }

  package func write(_ bytes: [UInt8]) throws(DescriptorError) {
    var written = 0
    while written < bytes.count {
      let count = unsafe bytes[written...].withUnsafeBytes { unsafe systemWrite(number, $0.baseAddress, $0.count) }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { throw DescriptorError(call: "write", code: errno) }
      written += count
    }
  }

  /// Replaces the contents of `buffer` with what there is to read, at most its size.
  /// - Returns: how many bytes; 0 at the end.
  package func read(into buffer: inout [UInt8]) throws(DescriptorError) -> Int {
    while true {
      let count = unsafe buffer.withUnsafeMutableBytes { unsafe systemRead(number, $0.baseAddress, $0.count) }
      if count >= 0 { return count }
      guard errno == EINTR else { throw DescriptorError(call: "read", code: errno) }
    }
  }

  /// No process started from here inherits it.
  package func closeOnExec() throws(DescriptorError) {
    guard fcntl(number, F_SETFD, FD_CLOEXEC) == 0 else { throw DescriptorError(call: "fcntl", code: errno) }
  }

  /// Another number for the same pipe or file, which no child process inherits.
  package func duplicated() throws(DescriptorError) -> Descriptor {
    let copy = fcntl(number, F_DUPFD_CLOEXEC, 3)
    guard copy >= 0 else { throw DescriptorError(call: "fcntl", code: errno) }
    return Descriptor(copy)
  }

  /// Makes this number mean what `other` means.
  package func redirect(to other: Descriptor) throws(DescriptorError) {
    guard dup2(other.number, number) >= 0 else { throw DescriptorError(call: "dup2", code: errno) }
  }
}

package struct DescriptorError: Error, Equatable {
  package let call: String
  package let code: Int32

  package init(call: String, code: Int32) {
    self.call = call
    self.code = code
  }
}

/// Writing to a pipe whose reader is gone fails with EPIPE instead of ending the process.
func ignoreBrokenPipes() { _ = signal(SIGPIPE, SIG_IGN) }

/// Lines that libraries printed leave the process before ours do.
func flushStandardOutput() { _ = fflush(nil) }

func exitProcess(_ code: Int32) -> Never { exit(code) }

/// Where `byte` is first. An answer is looked through whole for line feeds, and this looks at many bytes at a time:
/// 0.5 µs for 55 kB, of which `Array.firstIndex` needs 23.
func firstIndex(of byte: UInt8, in bytes: [UInt8]) -> Int? { firstIndex(of: byte, in: bytes[...]) }

func firstIndex(of byte: UInt8, in bytes: ArraySlice<UInt8>) -> Int? {
  unsafe bytes.withUnsafeBytes { buffer in
    guard let start = buffer.baseAddress, let found = unsafe memchr(start, Int32(byte), buffer.count) else {
      return nil
    }
    return unsafe bytes.startIndex + (UnsafeRawPointer(found) - start)
  }
}

private func systemWrite(_ number: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
  unsafe write(number, bytes, count)
}

private func systemRead(_ number: Int32, _ bytes: UnsafeMutableRawPointer?, _ count: Int) -> Int {
  unsafe read(number, bytes, count)
}
