internal import BreathDomain
internal import FoundationEssentials

/// A request that is changed in place, so that the next one costs the client next to nothing: new session ids, the
/// dates they fall on, and the cursor of the last answer.
struct RequestTemplate {
  private(set) var bytes: [UInt8]
  private let ids, dates, cursors: [Int]
  /// How many consecutive sessions fall on one date.
  let sessionsPerDay: Int
  private var serial = 0

  /// - Parameter bytes: from `Wire`, around a body from `Body`.
  init(_ bytes: [UInt8], sessionsPerDay: Int = 3) {
    self.bytes = bytes
    self.sessionsPerDay = sessionsPerDay
    ids = bytes.places(of: Body.idMark).map { $0 + Body.idMark.utf8.count }
    dates = bytes.places(of: Body.dateMark)
    cursors = bytes.places(of: Body.cursorMark)
  }

  /// - Parameter movesDates: false leaves the dates of the request before.
  mutating func next(cursor: [UInt8] = [], movesDates: Bool = true) -> [UInt8] {
    for (index, id) in ids.enumerated() {
      if movesDates {
        let date = RequestTemplate.dates[serial / sessionsPerDay % RequestTemplate.dates.count]
        // Twice a session: when it began and when it ended.
        for place in dates[2 * index...2 * index + 1] { bytes.replaceSubrange(place..<place + 10, with: date) }
      }
      var rest = serial
      for digit in (id..<id + 12).reversed() {
        bytes[digit] = UInt8(ascii: "0") + UInt8(rest % 10)
        rest /= 10
      }
      serial += 1
    }
    if !cursor.isEmpty {
      for place in cursors { bytes.replaceSubrange(place..<place + cursor.count, with: cursor) }
    }
    return bytes
  }

  /// Ten years, up to yesterday.
  private static let dates: [[UInt8]] = {
    let today = Int(Date.now.timeIntervalSince1970 / 86_400)
    return (1...3652).reversed().map { Array("\(LocalDate(daysSince1970: today - $0))".utf8) }
  }()

  /// The cursor of an answer, which stands at the beginning of its body.
  static func cursor(in answer: [UInt8]) -> [UInt8] {
    let key = Array("\"cursor\":\"".utf8)
    // Not `firstRange(of:)`, which is so slow that the client would be measured with what it calls.
    let found = answer.indices.first { answer[$0] == key[0] && answer[$0...].starts(with: key) }
    guard let found else { return [] }
    return Array(answer[(found + key.count)...].prefix { $0 != UInt8(ascii: "\"") })
  }
}

extension [UInt8] {
  fileprivate func places(of mark: String) -> [Int] { ranges(of: Array(mark.utf8)).map(\.lowerBound) }
}
