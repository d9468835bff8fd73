package import FunctionRuntime
import Postgres
import StrictJSON

/// What a caller sees of another layer's failure: in one function, for all endpoints.
package func problem(for error: any Error, _ context: Context) -> Problem? {
  switch error {
  case let error as PostgresError: problem(forDatabase: error, context)
  case let error as Configuration.Failure: problem(forConfiguration: error, context)
  default: nil
  }
}

private func problem(forConfiguration error: Configuration.Failure, _ context: Context) -> Problem {
  context.log(.error, "not configured", ["what": .string("\(error)")])
  return .unavailable(code: "not_configured", detail: "The service is not set up yet.", retryAfter: .seconds(60))
}

/// By SQLSTATE: BM4xx are raised by our own functions in SQL, the rest is in docs/design/faults.md, "Retries".
private func problem(forDatabase error: PostgresError, _ context: Context) -> Problem? {
  if error.kind == .missingRow { return .accountChanged }
  switch error.sqlState {
  case "BM401": return problem(forUnwelcome: error.detail)
  case "BM40K": return .keyRefused
  case "BM403":
    return .scopeMissing(error.detail ?? "asked for")
  case "BM404": return .pairingCodeInvalid
  case "BM40S": return .shareNotFound
  case "BM409": return problem(forConflict: error.detail)
  case "BM40A": return .adminRequired
  case "BM410": return .accountGone
  case "BM429":
    var problem = Problem.tooManyRequests(retryAfter: .milliseconds(error.detail.flatMap { Int($0) } ?? 1000))
    problem.headers += RateLimit.headers(refusal: error.constraint)
    return problem
  case "55P03":  // lock_not_available: somebody else holds the account's row for longer than the role's lock_timeout
    return .unavailable(
      code: "busy", detail: "Another request of this account is at work. Repeat this one a little later.",
      retryAfter: .seconds(1))
  default: break
  }
  context.log(.error, "database", ["error": .string("\(error)")])
  guard isTemporary(error) else { return nil }
  return .unavailable(
    code: "database_unavailable", detail: "The database is away for a moment; nothing was lost. Try again.",
    retryAfter: .seconds(2))
}

private func problem(forUnwelcome message: String?) -> Problem {
  guard message == "account moved" else {
    return .unauthenticated(
      code: "device_revoked", detail: "This device is signed out. Sign in again with its secret.")
  }
  return .unauthenticated(
    code: "account_moved",
    detail: "This device's account was merged or taken apart. Refresh, and go on with the new token.")
}

private func problem(forConflict message: String?) -> Problem {
  switch message {
  case "source is not anonymous":
    .conflict(
      code: "account_has_login",
      detail:
        "This device's account has a sign-in of its own. Make the code on this device, and redeem it on the other.")
  case "too many devices":
    .conflict(
      code: "too_many_devices",
      detail: "An account has at most a hundred devices, and this would be more. Remove some first."
    )
  case "too many merges":
    .conflict(
      code: "too_many_merges", detail: "An account takes in at most three hundred others, and this would be one more.")
  case "too many settings":
    .conflict(
      code: "too_many_settings",
      detail: "Together the two accounts would have more settings than an account may hold, so nothing was merged.")
  case "account full":
    .conflict(
      code: "account_full",
      detail: "Together the two accounts would hold more records than an account may, so nothing was merged.")
  case "too much to move":
    .conflict(
      code: "too_many_records_to_move",
      detail: "This device's account has more records than a merge moves. Make the code on this device, and "
        + "redeem it on the other.")
  case "versions near their end":
    .conflict(
      code: "account_needs_repair",
      detail: "One of the two accounts has counted its changes nearly as far as numbers go, so nothing was merged. "
        + "Ask the operator to run: breath doctor --repair")
  default:
    .conflict(
      code: "device_exists", detail: "This device id is registered with a different secret. Use a new random id.")
  }
}

extension Problem {
  /// A statement that always has a row had none. Where a pipeline does not lock, the account was erased since it began, or
  /// the device moved to another: the next call will be told which.
  fileprivate static let accountChanged = Problem.unavailable(
    code: "account_changed", detail: "The account changed while this was answered. Try again.", retryAfter: .seconds(1))

  static let keyRefused = Problem.unauthenticated(
    code: "invalid_key", detail: "This API key is wrong, expired or revoked. Make a new one on a signed-in device.")

  static let shareNotFound = Problem(404, code: "share_not_found", detail: "There is nothing shared here.")

  static let accountGone = Problem(
    410, code: "account_gone", detail: "This account was erased. Stop syncing; what this machine holds stays on it.")
}

/// The same request may go through later: the server is busy or full, was not reached in time, or is away.
private func isTemporary(_ error: PostgresError) -> Bool {
  if ["53100", "53200", "57014"].contains(error.sqlState) { return true }
  return error.isOverloaded || error.isConnectionLost || error.isInDoubt || error.isRetryable
    || [.deadlineExpired, .connectFailed, .tlsFailed].contains(error.kind)
}
