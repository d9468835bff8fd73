import BreathDomain
import TestSupport
import Testing

/// Rest days and freezes, rules version 2.
@Suite struct FreezeTests {
  private let today = LocalDate(daysSince1970: 20_329)  // 2025-08-29, a Friday

  private func streak(practised daysAgo: [Int], resting: [Int] = []) -> Streak {
    let plans = PlanHistory(
      [(LocalDate(daysSince1970: 0), Plan(restDays: Weekdays(resting)))], freezesFrom: LocalDate(daysSince1970: 0))
    return Streak(PracticeDates(daysAgo.map { today.adding(days: -$0) }), plans: plans, today: today)
  }

  @Test func `a rest day neither ends a streak nor adds to it`() {
    // Monday to Friday, and the Friday before; the weekend between is free.
    let streak = streak(practised: [0, 1, 2, 3, 4, 7], resting: [6, 7])
    #expect(streak.days == 6 && streak.longest == 6 && streak.freezes.used.isEmpty)
    #expect(streak.current?.dates == today.adding(days: -7)...today)
    #expect(streak.reason(for: today.adding(days: -5)) == .rest)
  }

  @Test func `practice on a rest day counts like on any other`() {
    let streak = streak(practised: [0, 1, 2, 3, 4, 5, 7], resting: [6, 7])
    #expect(streak.days == 7 && streak.reason(for: today.adding(days: -5)) == .practised)
  }

  @Test func `today as a rest day is called one, and keeps the streak`() {
    let streak = streak(practised: [1, 2], resting: [5])
    #expect(streak.days == 2 && streak.today == .rest && streak.reason(for: today) == .rest)
  }

  @Test func `a week of practice earns a freeze, and a day without practice uses it without adding`() {
    let streak = streak(practised: [0] + Array(2...8))
    #expect(streak.days == 8 && streak.freezes.used == [today.adding(days: -1)] && streak.freezes.held == 0)
    #expect(streak.reason(for: today.adding(days: -1)) == .freeze && streak.freezes.earned == 1)
  }

  @Test func `six days do not earn one`() {
    let streak = streak(practised: [0] + Array(2...7))
    #expect(streak.days == 1 && streak.longest == 6 && streak.freezes.practisedSince == 0 && streak.freezes.earned == 1)
  }

  @Test func `no more than two are held`() {
    let streak = streak(practised: Array(0..<35))
    #expect(streak.freezes.held == 2 && streak.freezes.earned == 5 && streak.days == 35)
  }

  @Test func `two freezes carry over two days, a third day without practice begins anew`() {
    #expect(streak(practised: [0] + Array(3...16)).days == 15)
    let longer = streak(practised: [0] + Array(4...17))
    #expect(longer.days == 1 && longer.longest == 14 && longer.freezes.used.count == 2)
    #expect(longer.reason(for: today.adding(days: -1)) == .quiet)
  }

  @Test func `today uses no freeze while it is open`() {
    let streak = streak(practised: Array(1...7))
    #expect(streak.freezes.held == 1 && streak.days == 7 && streak.reason(for: today) == .open)
  }

  @Test func `late data give a freeze back`() {
    #expect(streak(practised: [0] + Array(2...8)).freezes.held == 0)
    let repaired = streak(practised: Array(0...8))
    #expect(repaired.freezes.held == 1 && repaired.days == 9 && repaired.freezes.used.isEmpty)
  }

  @Test func `what was practised before the account began is judged by the rules of then`() {
    let dates = PracticeDates(([0] + Array(2...8)).map { today.adding(days: -$0) })
    let streak = Streak(dates, plans: PlanHistory(freezesFrom: today.adding(days: -3)), today: today)
    #expect(streak.days == 1 && streak.longest == 7 && streak.freezes.earned == 0)
    #expect(streak.freezes.practisedSince == 3)
  }

  @Test func `a plan holds from its day on and does not rewrite the days before`() {
    let plans = PlanHistory([(today.adding(days: -4), Plan(restDays: Weekdays([6, 7])))])
    let dates = PracticeDates([0, 1, 2, 3, 4, 7].map { today.adding(days: -$0) })
    let streak = Streak(dates, plans: plans, today: today)
    #expect(streak.days == 5, "the weekend before the plan was no rest")
    #expect(streak.reason(for: today.adding(days: -5)) == .quiet)
  }

  /// Day by day, by the words of the rules and with none of the code's shortcuts.
  private struct Naive {
    var days = 0, longest = 0, held = 0, earned = 0, used = 0
    var reasons: [LocalDate: Streak.Reason] = [:]

    init(_ practised: Set<LocalDate>, _ plans: PlanHistory, today: LocalDate, first: LocalDate) {
      var total = 0
      var date = first
      while date <= today {
        let plan = plans.plans.filter { $0.from <= date }.last?.plan
        let rests = plan?.restDays.numbers.contains(date.isoWeekday) ?? false
        if practised.contains(date) {
          days += 1
          reasons[date] = .practised
          guard let begin = plans.freezesFrom else { fatalError("these histories have freezes") }
          if date >= begin { total += 1 }
          if date >= begin, total % 7 == 0 { (held, earned) = (min(2, held + 1), earned + 1) }
        } else if rests {
          reasons[date] = .rest
        } else if date == today {
          reasons[date] = .open
        } else if held > 0, days > 0 {
          (held, used) = (held - 1, used + 1)
          reasons[date] = .freeze
        } else {
          days = 0
          reasons[date] = .quiet
        }
        longest = max(longest, days)
        date = date.adding(days: 1)
      }
    }
  }

  @Test(arguments: 0..<20 as Range<UInt64>)
  func `ten thousand random calendars come to what going through them day by day comes to`(part: UInt64) {
    for seed in part * 500..<(part + 1) * 500 {
      var random = Seeded(seed)
      let length = random.number(1...200)
      let share = random.number(1...10)
      let practised = Set(
        (0...length).filter { _ in random.number(1...10) <= share }.map { today.adding(days: -Int($0)) })
      let plans = PlanHistory(
        Set((0..<random.number(0...3)).map { _ in today.adding(days: -Int(random.number(0...length))) }).sorted().map {
          ($0, Plan(restDays: Weekdays(bits: UInt8(random.number(0...126)))))
        }, freezesFrom: today.adding(days: -Int(random.number(0...length))))
      let streak = Streak(PracticeDates(practised), plans: plans, today: today)
      let naive = Naive(practised, plans, today: today, first: today.adding(days: -Int(length)))
      let freezes = streak.freezes
      let numbers = [streak.days, streak.longest, freezes.held, freezes.earned, freezes.used.count]
      #expect(numbers == [naive.days, naive.longest, naive.held, naive.earned, naive.used], "seed \(seed)")
      let different = naive.reasons.filter { streak.reason(for: $0.key) != $0.value }
      #expect(different.isEmpty, "seed \(seed)")
    }
  }
}
