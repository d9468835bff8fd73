import BreathDomain
import FunctionRuntime
import Postgres
import StrictJSON

/// The body of `PATCH /goals`, a merge patch (RFC 7396): what is absent stays, what is null goes.
/// `{"dailyMinutes", "weeklyMinutes", "weeklyDays", "restDays": [6, 7], "weekStart": 1}`
struct PlanChanges {
  private let dailyMinutes, weeklyMinutes, weeklyDays: Change
  private let restDays: Int16?
  private let weekStart: Int16?

  private struct Change {
    let isMade: Bool
    let value: Int16?

    init(_ body: JSONNode, _ name: String, in range: ClosedRange<Int>) throws(JSONMismatch) {
      isMade = body.json?.object?[name] != nil
      let bounds = Int64(range.lowerBound)...Int64(range.upperBound)
      value = try body[name].ifPresent { node throws(JSONMismatch) in Int16(try node.integer(in: bounds)) }
    }
  }

  static let members = ["dailyMinutes", "weeklyMinutes", "weeklyDays", "restDays", "weekStart"].map { "/\($0)" }

  init(_ body: JSONNode) throws(JSONMismatch) {
    dailyMinutes = try Change(body, "dailyMinutes", in: Plan.dailyMinutesRange)
    weeklyMinutes = try Change(body, "weeklyMinutes", in: Plan.weeklyMinutesRange)
    weeklyDays = try Change(body, "weeklyDays", in: Plan.weeklyDaysRange)
    restDays = try PlanChanges.restDays(body, isGiven: body.json?.object?["restDays"] != nil)
    weekStart = try body["weekStart"].ifPresent { node throws(JSONMismatch) in Int16(try node.integer(in: 1...7)) }
  }

  /// Null is none of them, as `[]` is.
  private static func restDays(_ body: JSONNode, isGiven: Bool) throws(JSONMismatch) -> Int16? {
    guard isGiven else { return nil }
    let node = body["restDays"]
    guard node.exists else { return 0 }
    var numbers: Set<Int> = []
    for item in try node.items() { numbers.insert(Int(try item.integer(in: 1...7))) }
    guard numbers.count <= Plan.restDaysMax else {
      throw node.mismatch("out_of_range", "at most \(Plan.restDaysMax) days of the week can be rest days")
    }
    return Int16(Weekdays(numbers).bits)
  }

  /// Holds from today on, in a pipeline that has the account's row. A plan from a date that is not here yet, made on a machine
  /// ahead of the calendar, is changed where it is.
  func statement(_ caller: Caller) -> SQL {
    """
    WITH latest AS (
      SELECT * FROM breath.plans WHERE account_id = \(caller.account.uuid) ORDER BY from_date DESC LIMIT 1
    ), plan AS (
      INSERT INTO breath.plans AS p (
        account_id, from_date, version, daily_minutes, weekly_minutes, weekly_days, rest_days)
      SELECT a.account_id, greatest(\(LocalDate.today), latest.from_date), a.version + 1,
        CASE WHEN \(dailyMinutes.isMade) THEN \(dailyMinutes.value) WHEN latest.from_date IS NULL
          THEN \(Plan.initial.dailyMinutes.map { Int16($0) }) ELSE latest.daily_minutes END,
        CASE WHEN \(weeklyMinutes.isMade) THEN \(weeklyMinutes.value) ELSE latest.weekly_minutes END,
        CASE WHEN \(weeklyDays.isMade) THEN \(weeklyDays.value) ELSE latest.weekly_days END,
        coalesce(\(restDays), latest.rest_days, 0)
      FROM breath.accounts a
      JOIN \(Viewer(caller).device) d ON d.account_id = a.account_id
      LEFT JOIN latest ON true
      WHERE a.account_id = \(caller.account.uuid)
      ON CONFLICT (account_id, from_date) DO UPDATE SET version = excluded.version,
        daily_minutes = excluded.daily_minutes, weekly_minutes = excluded.weekly_minutes,
        weekly_days = excluded.weekly_days, rest_days = excluded.rest_days
    )
    UPDATE breath.accounts SET version = version + 1, week_start = coalesce(\(weekStart), week_start)
    WHERE account_id = \(caller.account.uuid)
    """
  }
}

extension StatsEndpoint {
  /// `PATCH /goals`: answers like the view, with the plan as it is now.
  func changeGoals(_ request: Request, _ context: Context) async throws -> Reply {
    let services = try await endpoint.services()
    let caller = try await services.authenticator.caller(of: request, for: .sync)
    let changes = try PlanChanges(request.object(of: PlanChanges.members))
    let view = GoalsView.view(request.query)
    let (results, headers) = try services.pipeline(
      for: caller, locking: true, [changes.statement(caller), view.query(for: Viewer(caller), known: nil)], context)
    let question = EntityTag.Question(view: view.name, of: caller.account.uuid, query: Query())
    var reply = try Answer(results[1].only, view, question).reply()
    reply.headers += headers
    return reply
  }
}
