import Backend
import BreathDomain
import FunctionRuntime
import Postgres
import Practice
import StrictJSON

/// The body of `PATCH /goals`, a merge patch (RFC 7396): what is absent stays, what is null goes.
/// `{"dailyMinutes", "weeklyMinutes", "weeklyDays", "restDays": [6, 7], "weekStart": 1}`
struct PlanChanges {
  /// The patch by the columns of `breath.plans`.
  private let columns: JSON
  /// Nil: it stays as it is.
  private let weekStart: Int16?

  static let members = ["dailyMinutes", "weeklyMinutes", "weeklyDays", "restDays", "weekStart"].map { "/\($0)" }

  init(_ body: JSONNode) throws(JSONMismatch) {
    var columns = JSONObject()
    for (name, column, range) in PlanChanges.goals where body.isGiven(name) {
      let number = try body[name].ifPresent { node throws(JSONMismatch) in try node.integer(in: range) }
      columns[column] = JSON(number)
    }
    if body.isGiven("restDays") { columns["rest_days"] = JSON(Int(try PlanChanges.restDays(body["restDays"]).bits)) }
    self.columns = .object(columns)
    weekStart = try body["weekStart"].ifPresent { node throws(JSONMismatch) in Int16(try node.integer(in: 1...7)) }
  }

  private static let goals = [
    ("dailyMinutes", "daily_minutes", bounds(Plan.dailyMinutesRange)),
    ("weeklyMinutes", "weekly_minutes", bounds(Plan.weeklyMinutesRange)),
    ("weeklyDays", "weekly_days", bounds(Plan.weeklyDaysRange)),
  ]

  private static func bounds(_ range: ClosedRange<Int>) -> ClosedRange<Int64> {
    Int64(range.lowerBound)...Int64(range.upperBound)
  }

  /// Null is none of them, as `[]` is.
  private static func restDays(_ node: JSONNode) throws(JSONMismatch) -> Weekdays {
    guard node.exists else { return .none }
    var numbers: Set<Int> = []
    for item in try node.items() { numbers.insert(Int(try item.integer(in: 1...7))) }
    guard numbers.count <= Plan.restDaysMax else {
      throw node.mismatch("out_of_range", "at most \(Plan.restDaysMax) days of the week can be rest days")
    }
    return Weekdays(numbers)
  }

  /// Holds from the viewer's today on, in a pipeline that has the account's row.
  func pipeline(for viewer: Viewer) -> Pipeline<Void> {
    Pipeline(
      """
      SELECT breath.change_plan(
        a.account_id, \(LocalDate.today), \(columns.text)::jsonb, \(Plan.initial.dailyMinutes), \(weekStart))
      FROM breath.accounts a JOIN \(viewer.device) d ON d.account_id = a.account_id
      WHERE a.account_id = \(viewer.account)
      """)
  }
}

extension JSONNode {
  /// Whether an object has the member, be it null.
  fileprivate func isGiven(_ name: String) -> Bool { json?.object?[name] != nil }
}

extension StatsEndpoint {
  /// `PATCH /goals`: answers like the view, with the plan as it is now.
  func changeGoals(_ signedIn: SignedIn) async throws -> Reply {
    let changes = try PlanChanges(signedIn.request.object(of: PlanChanges.members))
    let viewer = Viewer(signedIn.caller)
    let (_, goals) = try signedIn.write(changes.pipeline(for: viewer), Goals.reading.pipeline(for: viewer))
    return Reply(200, json: JSON(goals))
  }
}
