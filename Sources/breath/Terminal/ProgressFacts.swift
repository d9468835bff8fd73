internal import StrictJSON
internal import ToolSupport

/// Where a person stands, as the server's `progress` says, in lines that a person reads.
struct ProgressFacts {
  let progress: JSON

  var lines: [String] {
    [
      "  Level     \(number("level")) · \(progress["title"]?.string?.printable ?? "")", "            \(levelBar)",
      "  XP        \(number("totalXP").grouped) in total", "  Streak    \(streak)",
      "  Practice  \(number("sessions").counted("session")) on \(number("activeDays").counted("active day")), "
        + (number("activeMs") / 60_000).counted("minute"),
    ]
  }

  private func number(_ name: String) -> Int64 { progress[name]?.integer ?? 0 }

  /// On the last level there is nothing left to reach.
  private var levelBar: String {
    let (reached, span) = (number("levelXP"), number("levelSpanXP"))
    guard number("level") < 8 else { return Bar.drawn(1, of: 1, width: 24) + "  the highest level" }
    return Bar.drawn(reached, of: span, width: 24)
      + "  \(reached.grouped) of \(span.grouped) XP on the way to level \(number("level") + 1)"
  }

  private var streak: String {
    let streak = progress["streak"]
    let (days, longest) = (streak?["days"]?.integer ?? 0, streak?["longest"]?.integer ?? 0)
    let now = days == 0 ? "none at the moment" : "\(days.counted("day")) now"
    return
      "\(now), longest \(longest.counted("day")) (the extension reported \((streak?["reported"]?.integer ?? 0).grouped))"
  }
}

extension Int64 {
  /// `1 session`, `2 sessions`.
  func counted(_ unit: String) -> String { "\(grouped) \(unit)\(self == 1 ? "" : "s")" }
}
