import Glibc

/// Standard error, where everything goes that is not the result.
package enum Terminal {
  package static let isInteractive = isatty(STDERR_FILENO) == 1

  /// A line of its own, in place of a progress bar that may be there.
  package static func note(_ text: String) { write((isInteractive ? "\r\u{1B}[K" : "") + text.printableLines + "\n") }

  package static func write(_ text: String) {
    let bytes = Array(text.utf8)
    _ = unsafe Glibc.write(STDERR_FILENO, bytes, bytes.count)
  }
}
