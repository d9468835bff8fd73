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

/// By SQLSTATE: what our own functions in SQL refuse, then what may go through later (docs/design/faults.md, "Retries"); the
/// rest is a fault of ours.
private func problem(forDatabase error: PostgresError, _ context: Context) -> Problem? {
  if error.kind == .missingRow { return .accountChanged }
  if let refusal = problem(forRefusal: error) { return refusal }
  context.log(.error, "database", ["error": .string("\(error)")])
  guard isTemporary(error) else { return nil }
  return .unavailable(
    code: "database_unavailable", detail: "The database is away for a moment; nothing was lost. Try again.",
    retryAfter: .seconds(2))
}

/// Nil also for a message that Swift does not know, so that nobody is told something that is not so.
private func problem(forRefusal error: PostgresError) -> Problem? {
  switch error.sqlState {
  case "BM401": return error.detail.flatMap(Unwelcome.init)?.problem
  case "BM40K": return .keyRefused
  case "BM403": return error.detail.flatMap(Scope.init).map { .scopeMissing($0.rawValue) }
  case "BM404": return .pairingCodeInvalid
  case "BM40S": return .shareNotFound
  case "BM409": return error.detail.flatMap(Conflict.init)?.problem
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
  default: return nil
  }
}

/// Why a device's token is refused with BM401; the raw value is the message that SQL raises.
package enum Unwelcome: String, CaseIterable {
  case deviceRevoked = "device revoked"
  case accountMoved = "account moved"

  var problem: Problem {
    switch self {
    case .deviceRevoked:
      .unauthenticated(code: "device_revoked", detail: "This device is signed out. Sign in again with its secret.")
    case .accountMoved:
      .unauthenticated(
        code: "account_moved",
        detail: "This device's account was merged or taken apart. Refresh, and go on with the new token.")
    }
  }
}

/// Why something cannot be as accounts are, refused with BM409; the raw value is the message that SQL raises.
package enum Conflict: String, CaseIterable {
  case deviceExists = "device exists"
  case sourceNotAnonymous = "source is not anonymous"
  case tooManyDevices = "too many devices"
  case tooManyMerges = "too many merges"
  case tooManySettings = "too many settings"
  case accountFull = "account full"
  case tooMuchToMove = "too much to move"
  case versionsNearTheirEnd = "versions near their end"

  var problem: Problem {
    switch self {
    case .deviceExists:
      .conflict(
        code: "device_exists", detail: "This device id is registered with a different secret. Use a new random id.")
    case .sourceNotAnonymous:
      .conflict(
        code: "account_has_login",
        detail:
          "This device's account has a sign-in of its own. Make the code on this device, and redeem it on the other.")
    case .tooManyDevices:
      .conflict(
        code: "too_many_devices",
        detail: "An account has at most a hundred devices, and this would be more. Remove some first.")
    case .tooManyMerges:
      .conflict(
        code: "too_many_merges",
        detail: "An account takes in at most three hundred others, and this would be one more.")
    case .tooManySettings:
      .conflict(
        code: "too_many_settings",
        detail: "Together the two accounts would have more settings than an account may hold, so nothing was merged.")
    case .accountFull:
      .conflict(
        code: "account_full",
        detail: "Together the two accounts would hold more records than an account may, so nothing was merged.")
    case .tooMuchToMove:
      .conflict(
        code: "too_many_records_to_move",
        detail: "This device's account has more records than a merge moves. Make the code on this device, and "
          + "redeem it on the other.")
    case .versionsNearTheirEnd:
      .conflict(
        code: "account_needs_repair",
        detail: "One of the two accounts has counted its changes nearly as far as numbers go, so nothing was merged. "
          + "Ask the operator to run: breath doctor --repair")
    }
  }
}

extension Problem {
  /// A statement that always has a row had none. Where a pipeline does not lock, the account was erased since it began, or
  /// the device moved to another: the next call will be told which.
  fileprivate static let accountChanged = Problem.unavailable(
    code: "account_changed", detail: "The account changed while this was answered. Try again.", retryAfter: .seconds(1))

  static let keyRefused = Problem.unauthenticated(
    code: "invalid_key", detail: "This API key is wrong, expired or revoked. Make a new one on a signed-in device.")

  /// The same whatever is wrong, so that a guess learns nothing.
  package static let pairingCodeInvalid = Problem(
    404, code: "pairing_code_invalid",
    detail: """
      This code is unknown, used, older than ten minutes, or good in the network only in which it was made. Ask for a new \
      one.
      """)

  package static let shareNotFound = Problem(404, code: "share_not_found", detail: "There is nothing shared here.")

  static let accountGone = Problem(
    410, code: "account_gone", detail: "This account was erased. Stop syncing; what this machine holds stays on it.")
}

/// The same request may go through later: the server is busy or full, was not reached in time, or is away.
private func isTemporary(_ error: PostgresError) -> Bool {
  if ["53100", "53200", "57014"].contains(error.sqlState) { return true }
  return error.isOverloaded || error.isConnectionLost || error.isInDoubt || error.isRetryable
    || [.deadlineExpired, .connectFailed, .tlsFailed].contains(error.kind)
}
