import FoundationEssentials
import FunctionRuntime
import Postgres

/// A code of a second factor that was counted, of an account whose password was right.
struct CodeAttempt: Sendable {
  let account: UUID
  let isLocked: Bool
  /// In a row, of this kind, this one included.
  let failures: Int32

  /// From the fifth on codes are locked for a while each time; then a mail a day at most.
  var isWorthAMail: Bool { !isLocked && (failures == 5 || failures % 20 == 0) }
}

extension AuthEndpoint {
  /// What to use up, of an account whose password was right. A code is counted before it is compared, apart from passwords
  /// (`breath.begin_code`): knowing the one is no way to more tries of the other.
  /// - Parameters:
  ///   - passwordSubject: what is counted of passwords and forgotten now; nil at a sign-in, where only both together count.
  ///   - device: may repeat its own code.
  ///   - missing: thrown when there is no code.
  ///   - wrong: thrown for a code that is wrong, used, or comes while codes are locked.
  func use(
    _ code: SecondFactor.Code?, _ factor: SecondFactor?, of account: UUID, passwordSubject: [UInt8]? = nil,
    by device: UUID?, missing: Problem, wrong: @autoclosure () -> Problem, _ services: Services, _ context: Context
  ) throws -> SecondFactor.Use {
    guard let factor, factor.isOn else { return .notNeeded }
    guard let code else { throw missing }
    let attempt = try count(code, of: account, passwordSubject: passwordSubject, services, context)
    guard !attempt.isLocked, var use = factor.use(code, by: device, at: context.now) else {
      try tellOfWrongCodes(attempt, services, context)
      throw wrong()
    }
    use.attempt = attempt
    return use
  }

  func count(
    _ code: SecondFactor.Code, of account: UUID, passwordSubject: [UInt8]?, _ services: Services, _ context: Context
  ) throws -> CodeAttempt {
    let counted = try services.database.pipeline(
      ["SELECT is_locked, failures FROM breath.begin_code(\(account), \(code.kind), \(passwordSubject))"], context)
    let row = try counted[0].only
    return CodeAttempt(account: account, isLocked: try row["is_locked"], failures: try row["failures"])
  }

  /// Also of a code that only the database could judge.
  func tellOfWrongCodes(_ use: SecondFactor.Use, _ services: Services, _ context: Context) throws {
    if let attempt = use.attempt { try tellOfWrongCodes(attempt, services, context) }
  }

  func tellOfWrongCodes(_ attempt: CodeAttempt, _ services: Services, _ context: Context) throws {
    guard attempt.isWorthAMail else { return }
    let mail = try SealedMail(vault(services))
    _ = try services.database.pipeline(
      [
        """
        SELECT breath.tell_of_wrong_codes(
          \(attempt.account), \(mail.id), \(mail.wrappedKey), \(try mail.seal()))
        """
      ], context)
  }
}
