internal import FoundationEssentials
internal import StrictJSON

/// What a neighbour asks for again and again.
final class DearRequest {
  let name: String
  private let nextRequest: () -> [UInt8]?
  private let onAnswer: ([UInt8]) -> Void

  init(_ name: String, next: @escaping () -> [UInt8]?, onAnswer: @escaping ([UInt8]) -> Void = { _ in }) {
    self.name = name
    nextRequest = next
    self.onAnswer = onAnswer
  }

  /// Nil when there is nothing more to ask.
  func next() -> [UInt8]? { nextRequest() }
  func take(_ answer: [UInt8]) { onAnswer(answer) }
}

/// The dearest requests of an account that is as large as the bounds allow.
struct DearRequests {
  private let workbench: Workbench
  private let device: Device
  private let foreignCursor: String
  /// As many as an account may have, and as a merge moves.
  private static let records = 200_000, moved = 99_500

  init(_ workbench: Workbench) throws {
    self.workbench = workbench
    device = try DearRequests.fill(workbench)
    foreignCursor = try workbench.answer(try workbench.enrol(), "{}")["cursor"]?.string ?? ""
  }

  func all() throws -> [DearRequest] {
    let restart = Wire.http("POST", "/v1/sync", #"{"cursor":"\#(foreignCursor)","limit":1}"#, token: device.token)
    let fullPage = Wire.http("POST", "/v1/sync", #"{"cursor":null,"own":true,"limit":500}"#, token: device.token)
    return [
      again("a sync with a foreign cursor", restart), again("a sync of all from the beginning", fullPage),
      get("a digest", "/v1/sync/digest"), get("a ledger", "/v1/sync/ledger?limit=200"),
      get("an export", "/v1/sync/export"), get("an export as CSV", "/v1/stats/export.csv?of=sessions"),
      get("a summary", "/v1/stats/summary"), imports(), deletions(), try merges(), try erasure(),
    ]
  }

  private func get(_ name: String, _ path: String) -> DearRequest {
    again(name, Wire.http("GET", path, "", token: device.token))
  }

  private func again(_ name: String, _ bytes: [UInt8]) -> DearRequest { DearRequest(name, next: { bytes }) }

  /// Sessions over ten years, in batches of 500, until there is no room for more.
  private static func fill(_ workbench: Workbench, records: Int = records) throws -> Device {
    let pusher = try Pusher(workbench, size: 500, as: .body, sessionsPerDay: 60)
    for _ in 0..<(workbench.isQuick ? 10 : records / 500) {
      let answer = try workbench.answer(pusher.device, String(decoding: pusher.next(), as: UTF8.self))
      pusher.take(answer.encoded)
    }
    return pusher.device
  }

  /// The same file of 3,000 sessions, near the limit of a body.
  private func imports() -> DearRequest {
    let sessions = (0..<3000).map { number in
      """
      {"id":"import-\(number)","startedAt":"2025-03-02T14:00:00.123Z","endedAt":"2025-03-02T14:10:00.123Z",\
      "activeMs":600000,"cycles":\(number % 50),"goalMinutes":10,"goalBonusXP":5,"finalXP":\(number)}
      """
    }
    let file = """
      {"exportDate":"2026-03-03T18:00:00.000Z","breathMaster":{"meditation":{"totalXP":44,"currentStreak":2,\
      "longestStreak":2,"sessions":[\(sessions.joined(separator: ","))]},"version":"0.3.4"}}
      """
    return again("an import", Wire.http("POST", "/v1/sync/import", file, token: device.token))
  }

  /// 500 of the account's sessions at a time.
  private func deletions() -> DearRequest {
    let token = device.token
    var serial = 0
    return DearRequest(
      "500 deletions",
      next: {
        let items = (serial..<serial + 500).map { #"{"session":"bench-\#(padded($0))"}"# }
        serial += 500
        let body = #"{"push":{"deletions":[\#(items.joined(separator: ","))]}}"#
        return Wire.http("POST", "/v1/sync", body, token: token)
      })
  }

  /// An account of that size is merged into another and taken out again.
  private func merges() throws -> DearRequest {
    let target = try workbench.enrol()
    let source = try DearRequests.fill(workbench, records: DearRequests.moved)
    var state = MergeAndUndo(target: target, source: source)
    return DearRequest("a merge and its undo", next: { state.next() }, onAnswer: { state.take($0) })
  }

  private func erasure() throws -> DearRequest {
    let gone = try DearRequests.fill(workbench)
    var requests = [Wire.http("DELETE", "/v1/auth/account", #"{"secret":"\#(Workbench.secret)"}"#, token: gone.token)]
    return DearRequest("the erasure of an account", next: { requests.popLast() })
  }
}

/// A code, a merge, an undo, and again.
private struct MergeAndUndo {
  /// What the last answer left.
  private enum State {
    case apart
    case invited(code: String)
    case merged(String)
  }

  private let target: Device
  private let source: Device
  private var state = State.apart

  init(target: Device, source: Device) {
    (self.target, self.source) = (target, source)
  }

  func next() -> [UInt8] {
    switch state {
    case .apart:
      return Wire.http("POST", "/v1/auth/pairing", #"{"secret":"\#(Workbench.secret)"}"#, token: target.token)
    case .invited(let code):
      let device = #"{"id":"\#(source.id)","name":"bench","timeZone":"America/Costa_Rica"}"#
      let body = #"{"code":"\#(code)","device":\#(device),"secret":"\#(Workbench.secret)"}"#
      return Wire.http("POST", "/v1/auth/pairing/redeem", body, token: nil)
    case .merged(let merge):
      return Wire.http("POST", "/v1/auth/pairing/undo", #"{"merge":"\#(merge)"}"#, token: target.token)
    }
  }

  /// What was refused begins again with a new code.
  mutating func take(_ answer: [UInt8]) {
    guard let head = answer.firstRange(of: Array("\r\n\r\n".utf8)),
      let body = try? JSON(parsing: Array(answer[head.upperBound...]), limits: .trusted)
    else { return }
    state =
      switch state {
      case .apart: body["code"]?.string.map { .invited(code: $0) } ?? .apart
      case .invited: body["merge"]?["merge"]?.string.map { .merged($0) } ?? .apart
      case .merged: .apart
      }
  }
}

/// As `RequestTemplate` numbers its sessions.
private func padded(_ number: Int) -> String {
  let digits = "\(number)"
  return String(repeating: "0", count: 12 - digits.count) + digits
}
