import BreathDomain
import StrictJSON
import TestSupport
import Testing

struct StreakTests {
  private let today = LocalDate(daysSince1970: 20_329)  // 2025-08-29

  private func streak(_ daysAgo: [Int]) -> Streak {
    Streak(PracticeDates(daysAgo.map { today.adding(days: -$0) }), today: today)
  }

  @Test(arguments: [(1, 1), (2, 3), (3, 5), (4, 7), (7, 13)])
  func `the extension reports 2n - 1 after n days, the dates say n`(days: Int, reported: Int64) throws {
    let counters = try Counters(node("{\"currentStreak\": \(reported), \"longestStreak\": \(reported)}"))
    let streak = streak(Array(0..<days))
    #expect(counters.longestStreak == reported)
    #expect(streak.days == days && streak.longest == days && streak.today == .practised)
  }

  @Test func `today open keeps yesterday's streak`() {
    let streak = streak([1, 2, 3])
    #expect(streak.days == 3 && streak.today == .open)
    #expect(streak.current?.dates == today.adding(days: -3)...today.adding(days: -1))
  }

  @Test func `practice today extends it`() {
    let streak = streak([0, 1, 2, 3])
    #expect(streak.days == 4 && streak.today == .practised)
    #expect(streak.current?.dates == today.adding(days: -3)...today)
  }

  @Test func `a whole quiet day begins a new streak and leaves the longest`() {
    let streak = streak([0, 2, 3, 4])
    #expect(streak.days == 1 && streak.longest == 3)
  }

  @Test func `two quiet days leave no current streak`() {
    let streak = streak([2, 3, 4])
    #expect(streak.days == 0 && streak.longest == 3 && streak.current == nil && streak.today == .open)
  }

  @Test func `a late upload joins two runs`() {
    #expect(streak([0, 1, 3, 4]).days == 2)
    #expect(streak([0, 1, 3, 4] + [2]).days == 5)
  }

  @Test func `a device ahead of the calendar adds no day to the current streak`() {
    let streak = streak([1, 0, -1, -2])
    #expect(streak.days == 2 && streak.longest == 4)
    #expect(Streak(PracticeDates([today.adding(days: 1)]), today: today).days == 0)
  }

  @Test func `no practice is an open day`() {
    let streak = streak([])
    #expect(streak.days == 0 && streak.longest == 0 && streak.today == .open && streak.current == nil)
  }

  @Test func `each day has its reason`() {
    func reason(_ daysAgo: Int) -> Streak.Reason { streak([1]).reason(for: today.adding(days: -daysAgo)) }
    #expect([reason(0), reason(1), reason(2)] == [.open, .practised, .quiet])
    #expect(streak([0]).reason(for: today) == .practised)
    #expect(reason(0).rawValue == "today_open")
  }

  @Test func `two sessions of one day are one day`() {
    let dates = PracticeDates([today, today, today.adding(days: -1)])
    #expect(dates.count == 2)
    #expect(dates.runs == [today.adding(days: -1)...today])
    #expect(dates == PracticeDates(runs: dates.runs))
  }
}
