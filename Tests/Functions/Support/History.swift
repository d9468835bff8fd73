import Foundation
import FunctionRuntime
import StrictJSON
import TestSupport
import Testing

/// A day, counted from 1970-01-01. With Foundation's calendar and not the bundle's own.
struct Day: Hashable, Comparable, Strideable {
  let number: Int

  static let gregorian: Calendar = {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = TimeZone(identifier: "UTC")!
    return calendar
  }()

  init(_ number: Int) { self.number = number }

  init(_ text: String) throws {
    number = Int(try Date("\(text)T00:00:00Z", strategy: .iso8601).timeIntervalSince1970) / 86_400
  }

  /// The day that a clock in `zone` shows, less the person's day start.
  init(of date: Date, in zone: TimeZone, dayStartMinutes: Int) {
    let wall = date.timeIntervalSince1970 + Double(zone.secondsFromGMT(for: date)) - Double(dayStartMinutes * 60)
    number = Int((wall / 86_400).rounded(.down))
  }

  private var date: Date { Date(timeIntervalSince1970: Double(number) * 86_400) }
  var text: String { date.formatted(.iso8601.year().month().day()) }
  /// 1 is Monday.
  var weekday: Int { (Day.gregorian.component(.weekday, from: date) + 5) % 7 + 1 }
  var month: DateComponents { Day.gregorian.dateComponents([.year, .month], from: date) }
  var year: Int { Day.gregorian.component(.year, from: date) }

  static func < (a: Day, b: Day) -> Bool { a.number < b.number }
  func distance(to other: Day) -> Int { other.number - number }
  func advanced(by days: Int) -> Day { Day(number + days) }
}

/// What a person practised, as it should count.
struct Counted {
  let id: String
  let device: String
  let day: Day
  let minute: Int
  let activeMs, cycles, xp: Int64
}

/// A person of a seeded history: machines that travel, sessions that come late and out of order, some deleted, plans, a
/// choice of tier. What was sent is kept beside what the server made of it.
struct History {
  let device: Device
  private(set) var other: Device?
  private(set) var counted: [Counted] = []
  private(set) var isShared = true
  let weekStart: Int
  let plan: JSON
  private var random: Seeded

  /// Each with a shift of its own: 45 minutes, half an hour of summer time, days that are 23 and 25 hours long.
  private static let zones = [
    "UTC", "America/Costa_Rica", "Europe/Berlin", "Asia/Kathmandu", "Australia/Lord_Howe", "America/St_Johns",
    "Pacific/Kiritimati", "Pacific/Pago_Pago", "Africa/Casablanca",
  ]

  init(seed: UInt64) throws {
    random = Seeded(seed)
    let zone = random.pick(History.zones)
    device = try Device(timeZone: zone)
    weekStart = Int(random.number(1...7))
    plan = [
      "dailyMinutes": random.number(0...3) == 0 ? .null : .integer(random.number(1...40)),
      "weeklyDays": .integer(random.number(1...7)), "weeklyMinutes": .integer(random.number(1...300)),
      "weekStart": JSON(weekStart),
    ]
    let (dayStart, dayStartText) = random.pick([(0, "00:00"), (240, "04:00"), (90, "01:30")])
    let reply = try device.call(
      .auth, "PATCH", "/account", headers: Event.sendsJSON, body: #"{"dayStart": "\#(dayStartText)"}"#)
    try #require(reply.status == 200, "\(reply.line)")
    try #require(
      device.call(.stats, "PATCH", "/goals", headers: Event.sendsJSON, body: plan.text).status == 200)
    try practise(zone: zone, dayStart: dayStart)
  }

  private mutating func practise(zone: String, dayStart: Int) throws {
    let machines = random.number(0...2) == 0 ? [device, try device.paired(timeZone: zone)] : [device]
    other = machines.count > 1 ? machines[1] : nil
    let days = random.pick([3, 20, 90, 420] as [Int64])
    for part in 0..<Int(random.number(1...4)) {
      for machine in machines {
        // A machine that travels tells its new zone with the push; what it sent before stays where it was.
        let here = part == 0 ? zone : random.pick(History.zones)
        let sent = (0..<Int(random.number(0...12))).map { index in
          session("\(part)-\(index)", of: machine, days: days, zone: here, dayStart: dayStart)
        }
        let body = Practice.push(
          .array(sent.map(\.json).shuffled(using: &random)),
          ["device": ["name": "laptop", "timeZone": .string(here), "clock": .string(Practice.stamp(.now))]])
        _ = try machine.sync(body)
        if random.number(0...3) == 0 { _ = try machine.sync(body) }  // the reply was lost
        counted += sent.map(\.counted)
      }
    }
    try delete(machines)
    if random.number(0...3) == 0 {
      isShared = false
      let reply = try device.call(.sync, "PUT", "/detail", headers: Event.sendsJSON, body: #"{"detail": "days"}"#)
      try #require(reply.status == 200, "\(reply.line)")
    }
  }

  private mutating func session(
    _ id: String, of machine: Device, days: Int64, zone: String, dayStart: Int
  ) -> (json: JSON, counted: Counted) {
    // Often right beside midnight, where a day is easily missed.
    var ms = Int64(Date.now.timeIntervalSince1970 * 1000) - random.number(3_600_000...days * 86_400_000)
    if random.number(0...2) == 0 { ms = ms / 900_000 * 900_000 + random.number(-1...1) }
    let begun = Date(timeIntervalSince1970: Double(ms) / 1000)
    let elapsed = random.pick([-60_000, 0, 60_000, 600_000, 1_800_000] as [Int64])
    let active = random.pick([0, 59_000, 300_000, 1_500_000, 7_200_000] as [Int64])
    let (cycles, bonus) = (random.number(-2...40), random.number(-1...9))
    let place = TimeZone(identifier: zone)!
    let wall = Int((begun.timeIntervalSince1970 + Double(place.secondsFromGMT(for: begun))).rounded(.down))
    return (
      Practice.session(
        id, at: Practice.stamp(begun), to: Practice.stamp(begun.addingTimeInterval(Double(elapsed) / 1000)),
        activeMs: active, cycles: cycles, bonusXP: bonus),
      Counted(
        id: id, device: machine.id, day: Day(of: begun, in: place, dayStartMinutes: dayStart),
        minute: (wall % 86_400 + 86_400) % 86_400 / 60,
        // The goal is five minutes, so an hour is the most that counts (docs/design/practice.md, "Sessions").
        activeMs: elapsed < 0 ? 0 : max(0, min(active, elapsed, 3_600_000)), cycles: max(0, cycles),
        xp: max(0, cycles) + max(0, bonus))
    )
  }

  private mutating func delete(_ machines: [Device]) throws {
    for machine in machines {
      let gone = counted.filter { _ in random.number(0...9) == 0 }.filter { $0.device == machine.id }.map(\.id)
      guard !gone.isEmpty else { continue }
      _ = try machine.sync(["push": ["deletions": .array(gone.map { ["session": .string($0)] })]])
      counted.removeAll { $0.device == machine.id && gone.contains($0.id) }
    }
  }
}

extension Event {
  static let sendsJSON = ["content-type": "application/json"]
}
