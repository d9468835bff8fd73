import Pictures
import Testing

@Suite struct BadgeTests {
  @Test(
    arguments: [
      (.level(number: 3, title: "Calm Coder"), "level 3 · Calm Coder"), (.streak(1), "1 day"),
      (.streak(12), "12 days in a row"), (.streak(0), "at my own pace"), (.daysOfSeven(5), "5 of 7 days"),
      (.daysOfSeven(0), "at my own pace"), (.daysOfSeven(9), "7 of 7 days"), (.sessions(1), "1 session"),
      (.sessions(12_345), "12 345 sessions"), (.sessions(-1), "at my own pace"), (.minutes(45), "45 minutes"),
      (.minutes(0), "at my own pace"), (.minutes(6000), "100 hours"),
    ] as [(Badge.Fact, String)]) func `a badge says a fact, and never a zero`(fact: Badge.Fact, message: String) throws
  {
    let badge = Badge(fact)
    #expect(badge.message == message)
    let drawing = try Drawing(badge.svg(Look()))
    #expect(drawing.texts == ["breathing", message])
    #expect(drawing.title == "breathing: \(message)")
  }

  @Test(arguments: ["12 days", "WWWWWWWWWW", "iiiiiiiiii", "日本語", "🧘🧘🧘", "Ж"])
  func `both ends are as wide as their text with its margins`(message: String) throws {
    let drawing = try Drawing(Badge(label: "breath", message: message).svg(Look()))
    #expect(try drawing.root.number("height") == 20)
    let widths = try drawing.all("text").map { try $0.number("textLength") }
    #expect(try drawing.root.number("width") == widths.reduce(0) { $0 + $1 + 14 })
    #expect(try drawing.all("text")[1].number("x") == widths[0] + 21)
  }

  @Test func `an end without text is left out`() throws {
    #expect(try Drawing(Badge(label: "", message: "5 of 7 days").svg(Look())).texts == ["5 of 7 days"])
    #expect(try Drawing(Badge(label: "breath", message: " \u{1}").svg(Look())).texts == ["breath"])
    #expect(try Drawing(Badge(label: "", message: "").svg(Look())).texts == ["breathing"])
  }

  @Test func `a badge has at most sixty code points at each end`() {
    let badge = Badge(label: String(repeating: "a", count: 99), message: String(repeating: "🧘", count: 99))
    #expect(badge.label.unicodeScalars.count == 60 && badge.message.unicodeScalars.count == 60)
  }

  @Test func `shields.io gets the same badge, to keep for five minutes at least`() {
    let endpoint = ShieldsEndpoint(Badge(.streak(12)), cacheSeconds: 1)
    #expect(endpoint.schemaVersion == 1 && endpoint.cacheSeconds == 300)
    #expect(endpoint.label == "breathing" && endpoint.message == "12 days in a row")
    #expect("#\(endpoint.color)" == Palette.color(.message, isDark: false))
    #expect(ShieldsEndpoint(Badge(.streak(12)), cacheSeconds: 3600).cacheSeconds == 3600)
  }
}
