import BreathDomain
import Crypto

extension DailyChallenge {
  /// Drawn by HMAC of the date and the level's band. The key is no secret: whoever computes tomorrow's challenges has
  /// gained nothing, and an editor can show them offline (docs/stats.md).
  static func all(on date: LocalDate, level: Int) -> [DailyChallenge] {
    let key = SymmetricKey(data: Array("breath-master daily challenges 1".utf8))
    let code = HMAC<SHA256>.authenticationCode(for: Array("\(date) \(band(of: level))".utf8), using: key)
    return all(on: date, level: level, drawn: Array(Array(code).prefix(bytesDrawn)))
  }

  /// Nil for an id that no day has.
  static func named(_ id: String) -> DailyChallenge? {
    guard let (date, level, place) = parts(of: id) else { return nil }
    return all(on: date, level: level).first { $0.place == place }
  }

  var title: String {
    switch kind {
    case .cycles: "Breathe \(target) cycles"
    case .minutes: "Breathe for \(target) minutes in all"
    case .deepSession: "One session of \(target) minutes"
    case .morningBreath: "A session before noon"
    case .eveningFlow: "A session in the evening"
    case .streak: "A session today"
    }
  }
}
