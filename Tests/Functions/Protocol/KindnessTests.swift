import Foundation
import StrictJSON
import TestSupport
import Testing

/// No text of ours shames, counts down, compares with others unasked or says what was lost (docs/design/principles.md).
@Suite struct KindnessTests {
  /// Word by word and in small letters. Some words are fine in other places: those places are named.
  private static let phrases = [
    "you lost", "lost your", "streak lost", "streak broken", "broke your", "broken streak", "don't break", "you missed",
    "missed day", "missed a day", "you failed", "you dropped", "fell behind", "falling behind", "behind others",
    "better than", "worse than", "other users", "others have", "your rank", "ranked", "leaderboard", "top 10",
    "percentile",
    "hurry", "last chance", "only today", "running out", "time is running", "days left", "hours left", "minutes left",
    "expires soon", "before it's too late", "don't lose", "keep your streak alive", "shame", "lazy", "guilt",
    "disappoint",
    "you should have", "not enough", "too little", "more xp to", "xp to go", "to go until", "catch up", "come back",
    "we miss you", "where have you been", "you haven't", "unlucky", "give up",
  ]

  private func offences(_ text: String) -> [String] {
    let plain = text.lowercased().replacing("’", with: "'")
    return KindnessTests.phrases.filter(plain.contains)
  }

  @Test func `the scan finds what it is for`() {
    #expect(offences("Streak broken! Only 3 hours left") == ["streak broken", "hours left"])
  }

  /// All texts of the source that somebody may see, told by being literals.
  @Test func `no text in the source`() throws {
    let files = try #require(
      FileManager.default.enumerator(at: Repository.url("Sources"), includingPropertiesForKeys: nil))
    var read = 0
    for case let file as URL in files where file.pathExtension == "swift" {
      read += 1
      for (number, line) in try String(contentsOf: file, encoding: .utf8).split(
        separator: "\n", omittingEmptySubsequences: false
      ).enumerated() where line.contains("\"") {
        let literals = line.drop { $0 != "\"" }
        #expect(offences(String(literals)).isEmpty, "\(file.lastPathComponent):\(number + 1)")
      }
    }
    #expect(read > 300)
  }

  /// Of a person who practised long ago and has done nothing since: who is easily shamed.
  @Test func `no answer and no picture`() throws {
    let device = try Device()
    _ = try device.sync(Practice.push(Practice.sessions((0..<40).map { "\($0)" })))
    let routes = [
      "summary", "days", "streak", "heatmap", "trend", "records", "goals", "levels", "challenges/today", "hours",
      "sessions", "card.svg", "heatmap.svg", "trend.svg", "badge.svg", "shields.json",
    ]
    for route in routes {
      let reply = try device.stats(route)
      let drawn = reply.body.string.flatMap { Data(base64Encoded: $0) }.map { String(decoding: $0, as: UTF8.self) }
      #expect(offences(drawn ?? reply.body.text).isEmpty, "\(route)")
    }
  }
}
