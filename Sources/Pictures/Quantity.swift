/// A number with its unit: `1 session`, `12 sessions`.
struct Quantity: Equatable {
  let number: String
  let unit: String

  static func days(_ days: Int64, inARow: Bool = false) -> Quantity {
    Quantity(days, "day", inARow ? "days in a row" : "days")
  }
  static func sessions(_ sessions: Int64) -> Quantity { Quantity(sessions, "session", "sessions") }

  /// In minutes, from ten hours on in whole hours.
  static func time(minutes: Int64) -> Quantity {
    minutes < 600 ? Quantity(minutes, "minute", "minutes") : Quantity(minutes / 60, "hour", "hours")
  }

  /// `41 hours on 261 days`; nil while there is nothing to count.
  /// - Parameter minutes: of each day, none below 0.
  static func practised(_ minutes: [Int64]) -> String? {
    let days = minutes.count { $0 > 0 }
    let total = minutes.reduce(0) { $0.addingReportingOverflow($1).overflow ? Int64.max : $0 + $1 }
    return days == 0 ? nil : "\(time(minutes: total).text) on \(Quantity.days(Int64(days)).text)"
  }

  private init(_ value: Int64, _ one: String, _ several: String) {
    number = NumberText.count(value)
    unit = value == 1 ? one : several
  }

  var text: String { "\(number) \(unit)" }
}
