import Backend
import BreathDomain
import FoundationEssentials
import FunctionRuntime

/// Where a page of sessions ended. `2025-08-27~1756303331345~device~session`, in base64url: opaque to callers.
struct SessionPlace {
  let date: LocalDate
  let start: Timestamp
  let device: UUID
  let session: String

  init(date: LocalDate, start: Timestamp, device: UUID, session: String) {
    (self.date, self.start, self.device, self.session) = (date, start, device, session)
  }

  /// By bytes: an id may begin with a mark that, to Swift, makes one character with the `~` before it.
  init(_ text: String) throws(Problem) {
    let bytes = text.utf8.count <= 1024 ? Base64URL.decode(text) ?? [] : []
    let parts = bytes.split(separator: UInt8(ascii: "~"), maxSplits: 3, omittingEmptySubsequences: false)
      .compactMap { String(validating: $0, as: UTF8.self) }
    guard parts.count == 4, let date = LocalDate(parts[0]), let start = Timestamp(parts[1]),
      let device = UUID(uuidString: parts[2]), !parts[3].utf8.contains(0)
    else {
      throw Problem(400, code: "invalid_query", detail: "after must be the next of an answer, as it was given.")
    }
    self.init(date: date, start: start, device: device, session: parts[3])
  }

  var text: String { Base64URL.encode(Array("\(date)~\(start)~\(device.lowercased)~\(session)".utf8)) }
}
