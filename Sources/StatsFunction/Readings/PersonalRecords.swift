import BreathDomain
import Practice
import StrictJSON

/// `/records`: the most there was, to be looked at and not to be beaten.
package struct PersonalRecords {
  let today: LocalDate
  let records: Records
  let longestStreak: Streak.Run?

  static var reading: Reading<PersonalRecords> {
    Reading("records", .days(.all)) { progress, history in
      PersonalRecords(
        today: progress.today, records: Records(history, weekStart: progress.weekStart),
        longestStreak: progress.streak.longestRuns(1).first)
    }
  }
}

extension JSON {
  package init(_ most: PersonalRecords) {
    let records = most.records
    self = [
      "asOf": JSON(most.today), "firstPractised": records.firstPractised.map { JSON($0) } ?? .null,
      "day": [
        "byTime": records.mostActiveDay.map { JSON($0) } ?? .null,
        "bySessions": records.mostSessionsDay.map { JSON($0) } ?? .null,
      ],
      "week": records.mostActiveWeek.map { JSON($0) } ?? .null,
      "month": records.mostActiveMonth.map { JSON($0) } ?? .null,
      "streak": most.longestStreak.map { JSON($0) } ?? .null,
    ]
  }
}
