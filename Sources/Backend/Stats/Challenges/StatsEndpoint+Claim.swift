import BreathDomain
import FunctionRuntime
import Postgres
import StrictJSON

/// `POST /challenges/{id}/claim`: the server looks at the day itself; its XP is awarded once, however often it is asked.
extension StatsEndpoint {
  func claim(_ request: Request, _ context: Context) async throws -> Reply {
    let services = try await endpoint.services()
    let caller = try await services.authenticator.caller(of: request, for: .sync)
    let named = request.parameters["id"].flatMap(DailyChallenge.named)
    // Also for a challenge that does not exist: who may not ask is not told that.
    let (results, headers) = try services.pipeline(
      for: caller, locking: true, named.map { [$0.claim(caller), Progress.query(for: Viewer(caller))] } ?? [], context)
    guard let challenge = named else {
      throw Problem(404, code: "challenge_not_found", detail: "There is no such challenge.")
    }
    let outcome: String = try results[0].only["outcome"]
    let isNew = try isClaimed(outcome)
    let progress = try Progress(results[1].only)
    return Reply(
      200,
      json: [
        "challenge": .string(challenge.id), "awardedXP": JSON(isNew ? challenge.rewardXP : 0),
        "claimed": true, "progress": progress.json,
      ], headers: headers)
  }

  private func isClaimed(_ outcome: String) throws -> Bool {
    switch outcome {
    case "claimed": true
    case "claimed_before": false
    case "not_yet":
      throw Problem.conflict(
        code: "challenge_open", detail: "The practice for this challenge has not been synced yet. Sync, then claim it.")
    default:
      throw Problem.conflict(
        code: "challenge_not_today", detail: "This is not one of today's challenges. /challenges/today has them.")
    }
  }
}

extension DailyChallenge {
  /// Nil for an id that no day has.
  static func named(_ id: String) -> DailyChallenge? {
    guard let (date, level, place) = parts(of: id) else { return nil }
    return all(on: date, level: level).first { $0.place == place }
  }

  /// - Returns: a statement for a pipeline that has the account's row; it answers `outcome`.
  fileprivate func claim(_ caller: Caller) -> SQL {
    let floor = Level.all[level - 1].xpRequired
    let next = level < Level.all.count ? Level.all[level].xpRequired : nil
    return """
      SELECT breath.claim_challenge(
        \(caller.account.uuid), \(caller.device.uuid), \(date.postgres), \(id), \(Int64(rewardXP)), \(floor), \(next),
        \(requirement.cycles), \(requirement.activeMs), \(requirement.sessionMs),
        \(Int32(requirement.minutes.lowerBound)), \(Int32(requirement.minutes.upperBound))) AS outcome
      """
  }
}
