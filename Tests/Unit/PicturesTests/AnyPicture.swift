import BreathDomain
import Pictures
import TestSupport

/// Pictures from nothing, of all kinds, with what people and attackers would write into them.
enum AnyPicture {
  static func any(_ random: inout Seeded) -> any Picture {
    switch random.number(0...4) {
    case 0, 1: card(&random)
    case 2: Heatmap(through: date(&random), minutes: minutes(&random), weekStart: Int(random.number(-1...9)))
    case 3:
      Trend(through: date(&random), minutes: minutes(&random), span: random.pick(Trend.Span.allCases))
    default: Badge(label: text(&random), message: text(&random))
    }
  }

  static func look(_ random: inout Seeded) -> Look {
    Look(
      theme: random.pick(Theme.allCases), width: Int(random.pick([random.number(200...1200), 0, 400, 800, 99_999])),
      copy: Int(random.number(0...2)))
  }

  static func card(_ random: inout Seeded) -> Card {
    Card(
      name: maybe(&random, text), level: maybe(&random) { $0.pick(Level.all) },
      progress: maybe(&random) { LevelProgress(totalXP: number(&$0)) }, streakDays: maybe(&random, number),
      lastDays: maybe(&random) { random in (0..<random.number(0...9)).map { _ in random.pick([true, false]) } },
      sessions: maybe(&random, number), minutes: maybe(&random, number))
  }

  private static func maybe<Value>(_ random: inout Seeded, _ value: (inout Seeded) -> Value) -> Value? {
    random.number(0...3) == 0 ? nil : value(&random)
  }

  private static func number(_ random: inout Seeded) -> Int64 {
    random.pick([0, 1, 7, 59, 600, 9999, 10_000, 123_456, 1_000_000_000, .max, -1, random.number(0...100_000)])
  }

  private static func date(_ random: inout Seeded) -> LocalDate {
    LocalDate(daysSince1970: Int(random.number(-700_000...2_900_000)))
  }

  /// Around any date, most of them where the picture does not look.
  private static func minutes(_ random: inout Seeded) -> [LocalDate: Int64] {
    let last = date(&random)
    let count = random.pick([0, 1, 30, 371, 500])
    return (0..<count).reduce(into: [:]) { $0[last.adding(days: -$1)] = number(&random) }
  }

  static func text(_ random: inout Seeded) -> String {
    (0..<random.number(0...random.pick([2, 12, 45]))).map { _ in random.pick(pieces) }.joined()
  }

  private static let pieces: [String] =
    [
      "<script>alert(1)</script>", "</text>", "</title>", "]]>", "<!--", "-->", "<!DOCTYPE x [<!ENTITY e 'e'>]>", "&e;",
      "&amp;", "&#0;", "\"", "'", "\" onload=\"x", "href=\"http://example.org\"", "url(http://example.org)",
      "javascript:", "\u{0}", "\u{1}", "\u{8}", "\u{B}", "\u{1F}", "\u{7F}", "\u{85}", "\u{9F}", "\u{FFFF}",
      "\u{202E}", "\u{2066}", "\u{200F}", "\u{200B}", "\u{200D}", "\u{FEFF}", "\u{2028}",
      "\r\n", "\t", " ", "  ", "\u{A0}", "a\u{301}\u{301}\u{301}\u{301}", "👩🏽‍🚀", "🧘", "🏳️‍🌈", "🇨🇷", "é", "ß", "Ж", "中",
      "日本", "한", "ع", "ש", "क्षि", "﷽", "W", "m", "i", "…", "\\", "%00", "${x}", "a", "Kim",
    ] + noncharacters

  private static let noncharacters = [0xFFFE, 0xFFFF, 0x1FFFE, 0xFDD0].compactMap {
    Unicode.Scalar($0).map(String.init)
  }
}
