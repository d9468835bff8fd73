import Backend
import BreathDomain
import FunctionRuntime
import Postgres
import Practice
import StrictJSON

/// `POST /challenges/{id}/claim`: the server looks at the day itself; its XP is awarded once, however often it is asked.
extension StatsEndpoint {
  func claim(_ signedIn: SignedIn) async throws -> Reply {
    guard let challenge = signedIn.request.parameters["id"].flatMap(DailyChallenge.named) else {
      // Who may not ask is not told that.
      try signedIn.write()
      throw Problem(404, code: "challenge_not_found", detail: "There is no such challenge.")
    }
    let (outcome, progress) = try signedIn.write(
      challenge.claim(signedIn.caller), Progress.pipeline(for: Viewer(signedIn.caller)))
    let awardedXP = try outcome.award(challenge.rewardXP)
    return Reply(
      200,
      json: [
        "challenge": .string(challenge.id), "awardedXP": JSON(awardedXP), "claimed": true, "progress": progress.json,
      ])
  }
}

/// What came of a claim (`breath.claim_challenge`).
package enum ClaimOutcome: String, CaseIterable, PostgresDecodable {
  case claimed
  case claimedBefore = "claimed_before"
  case notYet = "not_yet"
  case otherDay = "other_day"
  case otherLevel = "other_level"

  /// How much of a reward is awarded now.
  fileprivate func award(_ reward: Int) throws(Problem) -> Int {
    switch self {
    case .claimed: return reward
    case .claimedBefore: return 0
    case .notYet:
      throw Problem.conflict(
        code: "challenge_open", detail: "The practice for this challenge has not been synced yet. Sync, then claim it.")
    case .otherDay, .otherLevel:
      throw Problem.conflict(
        code: "challenge_not_today", detail: "This is not one of today's challenges. /challenges/today has them.")
    }
  }
}

extension DailyChallenge {
  /// In a pipeline that has the account's row.
  fileprivate func claim(_ caller: Caller) -> Pipeline<ClaimOutcome> {
    let floor = Level.all[level - 1].xpRequired
    let next = level < Level.all.count ? Level.all[level].xpRequired : nil
    return Pipeline(
      """
      SELECT breath.claim_challenge(
        \(caller.account.uuid), \(caller.device.uuid), \(date), \(id), \(Int64(rewardXP)), \(floor), \(next),
        \(requirement.cycles), \(requirement.activeMs), \(requirement.sessionMs),
        \(Int32(requirement.minutes.lowerBound)), \(Int32(requirement.minutes.upperBound))) AS outcome
      """, row: { row in try row["outcome"] })
  }
}
